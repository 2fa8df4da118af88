import process from "node:process";
import { Command, CommanderError, Option } from "commander";
import { up, usageExitCode } from "./commands/up.ts";
import { UsageError, type UpFlags } from "./commands/up-options.ts";

const collect = (value: string, previous: readonly string[]) => [...previous, value];

function program(setExitCode: (code: number) => void): Command {
  const tapedeck = new Command("tapedeck")
    .description("A Kafka cluster in one process: no JVM, no Docker.")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "tapedeck: ")) });
  tapedeck
    .command("up")
    .description("Run a cluster until Ctrl-C. Prints one line when clients can connect.")
    .addOption(new Option("--brokers <count>", "how many brokers").default("3"))
    .addOption(
      new Option(
        "--port <port>",
        "wanted port of the first broker; a taken one gives way to the next free one, 0 picks any",
      ).default("9092"),
    )
    .addOption(new Option("--host <address>", "address to listen on").default("127.0.0.1"))
    .addOption(new Option("--data <directory>", "keep logs there, in Kafka's own file format"))
    .addOption(new Option("--memory", "keep logs in memory (the default)"))
    .addOption(
      new Option("--topic <name:partitions[:rf]>", "create a topic; may be given again")
        .argParser(collect)
        .default([], "none"),
    )
    .addOption(
      new Option("--config <name=value>", "set a broker configuration; may be given again")
        .argParser(collect)
        .default([], "none"),
    )
    .addOption(new Option("--json", "print the ready line as JSON"))
    .action(async (flags: UpFlags & { readonly json?: boolean }) => setExitCode(await up(flags)));
  return tapedeck;
}

async function main(): Promise<void> {
  // Whoever read the output may be gone (`tapedeck up | head -1`); the cluster goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    await program((code) => (process.exitCode = code)).parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : usageExitCode;
    } else if (error instanceof UsageError) {
      process.stderr.write(`tapedeck: ${error.message}\n`);
      process.exitCode = usageExitCode;
    } else {
      throw error;
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`tapedeck: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
