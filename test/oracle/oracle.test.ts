import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { acceptedDifferences } from "./accepted-differences.ts";
import { conversationFiles } from "./all-conversations.ts";
import { whyNoApacheKafka } from "./apache-kafka.ts";
import { compare, type Difference } from "./compare.ts";
import { Performer } from "./perform.ts";
import { checkRecordings, record } from "./record.ts";
import { readRecording, type Recording } from "./recordings.ts";
import { startTapedeck, type Tapedeck } from "./tapedeck.ts";

const recordingTimeoutMs = 600_000;
const shownDifferencesMax = 20;

function explain(differences: readonly Difference[]): string {
  const shown = differences.slice(0, shownDifferencesMax).map(({ step, asked, path, kafka, tapedeck }) => {
    const said = `kafka ${JSON.stringify(kafka)}\n    here  ${JSON.stringify(tapedeck)}`;
    return `  step ${step}, ${asked}, ${path}\n    ${said}`;
  });
  const more = differences.length - shown.length;
  return [`${differences.length} unexplained differences`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join(
    "\n",
  );
}

describe("Beside Apache Kafka", () => {
  const met = new Set<string>();
  let heldCount = 0;

  before(async function () {
    const update = process.env["UPDATE_CONVERSATIONS"];
    if (update === undefined || update === "") return;
    this.timeout(recordingTimeoutMs);
    const reason = whyNoApacheKafka();
    if (reason !== undefined) throw new Error(`conversations can't be recorded: ${reason}`);
    await record(update === "1" ? [] : update.split(","), (sentence) => console.log(sentence));
  });

  for (const file of conversationFiles) {
    describe(file.name, () => {
      let recording: Recording;
      let tapedeck: Tapedeck;
      let performer: Performer;

      before(async () => {
        recording = readRecording(file.name);
        tapedeck = await startTapedeck(file.brokerCount);
        performer = new Performer(tapedeck, Date.now());
      });

      after(() => tapedeck.stop());

      for (const script of file.scripts) {
        it(script.name, async () => {
          const recorded = recording.get(script.name);
          assert.ok(recorded !== undefined, `never recorded: UPDATE_CONVERSATIONS=${file.name} records it`);
          const differences = compare(script.name, recorded, await performer.perform(script));
          const unexplained = differences.filter((difference) => {
            const accepted = acceptedDifferences.filter((known) => known.covers(difference));
            for (const { id } of accepted) met.add(id);
            return accepted.length === 0;
          });
          heldCount += 1;
          assert.ok(unexplained.length === 0, explain(unexplained));
        });
      }

      it("holds every conversation that was recorded", () => {
        const held = new Set(file.scripts.map(({ name }) => name));
        assert.deepEqual(
          [...recording.keys()].filter((name) => !held.has(name)),
          [],
        );
        assert.equal(held.size, file.scripts.length, "each conversation has a name of its own");
      });
    });
  }

  // In a block of its own, since mocha runs the tests of a block before the blocks in it.
  describe("all in all", () => {
    it("has no accepted difference that is none any more", function () {
      const allCount = conversationFiles.reduce((count, { scripts }) => count + scripts.length, 0);
      // A run of only some conversations can't tell.
      if (heldCount < allCount) this.skip();
      assert.deepEqual(
        acceptedDifferences.map(({ id }) => id).filter((id) => !met.has(id)),
        [],
      );
    });

    it("explains every accepted difference in DIFFERENCES.md, and no other", () => {
      const text = readFileSync(new URL("DIFFERENCES.md", import.meta.url), "utf8");
      const explained = [...text.matchAll(/^- \*\*([\w-]+)\*\*: \S/gm)].map(([, id]) => id);
      assert.deepEqual(explained, [...new Set(acceptedDifferences.map(({ id }) => id))]);
    });

    it("finds that Apache Kafka still says what was recorded", async function () {
      this.timeout(recordingTimeoutMs);
      if (process.env["KAFKA_BESIDE"] !== "1") {
        console.log("      skipped: KAFKA_BESIDE=1 asks a live Apache Kafka again");
        this.skip();
      }
      const reason = whyNoApacheKafka();
      if (reason !== undefined) {
        console.log(`      skipped: ${reason}`);
        this.skip();
      }
      const differences = await checkRecordings();
      assert.ok(differences.length === 0, explain(differences));
    });
  });
});
