/** The data of a znode is not what Kafka writes there. The message says what is wrong. */
export class MalformedZnodeError extends Error {
  override readonly name = "MalformedZnodeError";
}

/** What is written: maps keep their order, also where a key is a number, which those of an object would not. */
export type Json = string | number | null | readonly Json[] | ReadonlyMap<string, Json>;

/** The text as Kafka's own writer has it: no spaces, keys in the order of the map. */
export function writeJson(value: Json): Buffer {
  return Buffer.from(jsonText(value));
}

function jsonText(value: Json): string {
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, Json>)];
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`).join(",")}}`;
  }
  return Array.isArray(value) ? `[${(value as readonly Json[]).map(jsonText).join(",")}]` : JSON.stringify(value);
}

/** One value of a JSON text that is read, with its place, so that a complaint can name it. */
export class JsonValue {
  private readonly value: unknown;
  private readonly place: string;

  private constructor(value: unknown, place: string) {
    this.value = value;
    this.place = place;
  }

  /** Throws `MalformedZnodeError`, as all the methods do. */
  static parse(data: Buffer | null): JsonValue {
    try {
      return new JsonValue(JSON.parse((data ?? Buffer.alloc(0)).toString("utf8")) as unknown, "the data");
    } catch (error) {
      if (error instanceof SyntaxError) throw new MalformedZnodeError(`the data is not JSON: ${error.message}`);
      throw error;
    }
  }

  field(name: string): JsonValue {
    return this.optional(name) ?? this.refuse(`has no ${name}`);
  }

  /** Undefined where it is absent or null. */
  optional(name: string): JsonValue | undefined {
    const value = this.entries().get(name);
    return value?.value === null ? undefined : value;
  }

  entries(): ReadonlyMap<string, JsonValue> {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.refuse("is not an object");
    return new Map(
      Object.entries(value).map(([key, item]) => [key, new JsonValue(item, `${key} of ${this.place}`)] as const),
    );
  }

  items(): readonly JsonValue[] {
    if (!Array.isArray(this.value)) return this.refuse("is not a list");
    return this.value.map((item, index) => new JsonValue(item, `item ${index} of ${this.place}`));
  }

  text(): string {
    return typeof this.value === "string" ? this.value : this.refuse("is not a text");
  }

  whole(): number {
    const { value } = this;
    return typeof value === "number" && Number.isSafeInteger(value) ? value : this.refuse("is not a whole number");
  }

  /** A whole number that is written as text. */
  wholeText(): number {
    const text = this.text();
    const value = Number(text);
    return /^-?\d+$/.test(text) && Number.isSafeInteger(value) ? value : this.refuse("is not a whole number");
  }

  wholes(): readonly number[] {
    return this.items().map((item) => item.whole());
  }

  texts(): ReadonlyMap<string, string> {
    return new Map([...this.entries()].map(([key, item]) => [key, item.text()]));
  }

  refuse(complaint: string): never {
    throw new MalformedZnodeError(`${this.place} ${complaint}`);
  }
}
