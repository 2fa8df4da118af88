/** Owns what it is given: disposing it disposes them, last first, and anything added later at once. */
export class Owner implements Disposable {
  private readonly owned: Disposable[] = [];
  private disposed = false;

  own<T extends Disposable>(item: T): T {
    if (this.disposed) item[Symbol.dispose]();
    else this.owned.push(item);
    return item;
  }

  [Symbol.dispose](): void {
    this.disposed = true;
    for (let item = this.owned.pop(); item !== undefined; item = this.owned.pop()) item[Symbol.dispose]();
  }
}
