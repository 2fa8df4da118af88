/** Those who want to hear of one kind of news. Whoever adds a listener owns the disposable that takes it away. */
export class Listeners<T> {
  private readonly all = new Set<(news: T) => void>();

  add(listener: (news: T) => void): Disposable {
    this.all.add(listener);
    return { [Symbol.dispose]: () => void this.all.delete(listener) };
  }

  tell(news: T): void {
    for (const listener of [...this.all]) listener(news);
  }
}
