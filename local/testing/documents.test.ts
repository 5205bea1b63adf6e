import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { SERVICE_NAMES } from "../../infra/services.ts";
import { REPOSITORY } from "../repository.ts";
import { unknownCommands } from "./npm-commands.ts";

const DATA_STORES = ["mongodb", "redis"];

const documents = globSync(["*.md", "docs/**/*.md"], { cwd: REPOSITORY }).sort();

describe("npm commands in a text", () => {
  it("are told apart: known and unknown scripts and suites", () => {
    expect(unknownCommands("npm ci; npm run up -- --context c; npm test -- --only check unit")).toEqual([]);
    expect(unknownCommands("npm run --silent fly")).toEqual(["npm run --silent fly"]);
    expect(unknownCommands('run `npm run fly` or `npm run chat -- "npm"`')).toEqual(["npm run fly"]);
    expect(unknownCommands("npm test -- --only unit smoke")).toEqual(["npm test -- --only unit smoke"]);
  });
});

describe.each(documents)("%s", (file) => {
  const text = readFileSync(join(REPOSITORY, file), "utf8");

  it("names npm scripts and suites that exist", () => {
    expect(unknownCommands(text)).toEqual([]);
  });

  it("links to files that exist", () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target as string);
    expect(targets.filter((target) => !existsSync(join(REPOSITORY, dirname(file), target)))).toEqual([]);
  });

  it("names paths of the repository that exist", () => {
    const paths = [...text.matchAll(/`((?:infra|apps|packages|local|tests|docs|\.github)\/[\w./-]*)`/g)];
    expect(
      paths.map(([, path]) => path as string).filter((path) => !existsSync(join(REPOSITORY, path))),
    ).toEqual([]);
  });

  it("names workloads that the program makes", () => {
    const services = [...text.matchAll(/\bdeployment\/([\w-]+)/g)].map(([, name]) => name);
    const stores = [...text.matchAll(/\bstatefulset\/([\w-]+)/g)].map(([, name]) => name);
    expect(services.filter((name) => !(SERVICE_NAMES as readonly unknown[]).includes(name))).toEqual([]);
    expect(stores.filter((name) => !DATA_STORES.includes(name as string))).toEqual([]);
  });
});

describe.each(documents.filter((file) => file.startsWith("docs/runbooks/")))("%s", (file) => {
  const text = readFileSync(join(REPOSITORY, file), "utf8");
  const steps = text.split(/^### /m).slice(1);

  it("numbers its steps, each with a command", () => {
    expect(steps.map((step) => Number.parseInt(step, 10))).toEqual(steps.map((_, index) => index + 1));
    const commands = steps.map((step) => /^```sh\n(.+?)\n```$/ms.exec(step)?.[1]?.split("\n") ?? [""]);
    for (const line of commands.flat()) expect(line).toMatch(/^(npm|git|date|pulumi|curl) /);
  });
});
