// Runs Lighthouse's mobile preset on one address after another in one browser, and prints a line of JSON for each.
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const [browserPath, flags, ...addresses] = process.argv.slice(2);
const browser = await launch({ chromePath: browserPath, chromeFlags: flags.split(" "), logLevel: "silent" });
try {
  for (const address of addresses) {
    const options = {
      port: browser.port,
      logLevel: "silent",
      onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
    };
    const { lhr } = await lighthouse(address, options);
    const categories = Object.entries(lhr.categories);
    const requests = lhr.audits["network-requests"].details.items;
    const failed = categories.flatMap(([, category]) =>
      category.auditRefs
        .filter((ref) => ref.weight > 0 && lhr.audits[ref.id].score !== null && lhr.audits[ref.id].score < 0.9)
        .map((ref) => `${ref.id} ${lhr.audits[ref.id].displayValue ?? ""}`.trim()),
    );
    const line = {
      address,
      scores: Object.fromEntries(categories.map(([name, category]) => [name, Math.round(category.score * 100)])),
      requests: requests.map(({ url, resourceType, transferSize }) => ({ url, type: resourceType, bytes: transferSize })),
      largest: Math.round(lhr.audits["largest-contentful-paint"].numericValue),
      failed,
    };
    console.log(JSON.stringify(line));
  }
} finally {
  browser.kill();
}
