/* Mocha's dot reporter, which also writes its counts where `test/run-all.ts` reads them, and names what was skipped. */
const fs = require("node:fs");
const { reporters } = require("mocha");

module.exports = class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on("pending", (test) => skipped.push(test.fullTitle()));
    runner.on("end", () => {
      for (const title of skipped.slice(0, 20)) console.log(`  skipped: ${title}`);
      if (skipped.length > 20) console.log(`  skipped: ... and ${skipped.length - 20} more`);
      const { passes, failures, pending } = this.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      if (process.env.TAPEDECK_COUNTS) fs.writeFileSync(process.env.TAPEDECK_COUNTS, JSON.stringify(counts));
    });
  }
};
