// Reads a list of diagrams as JSON, and writes of each what Mermaid makes of it.
import { readFileSync } from "node:fs";
import mermaid from "mermaid";

// What Mermaid makes of `#34;` until it renders.
const decoded = (text) =>
  text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));

const read = async (text) => {
  try {
    await mermaid.parse(text); // it knows its kinds of diagrams only then
    const { db, type } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const entities = [...db.getEntities().values()];
    return {
      type,
      labels: entities.map((one) => decoded(one.alias)),
      attributes: entities.map((one) =>
        one.attributes.map((each) => [each.type, each.name, decoded(each.comment ?? "")]),
      ),
      relations: db.getRelationships().map((one) => decoded(one.roleA)),
    };
  } catch (error) {
    return { error: String(error.message) };
  }
};

const found = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) found.push(await read(text));
process.stdout.write(JSON.stringify(found));
