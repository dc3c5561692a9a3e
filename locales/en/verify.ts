import type { Plural } from "../text.ts";

/** The page that checks a statement. What stands in braces is filled in by the browser. */
export const verify = {
  pageTitle: "Check a statement – Kredo",
  description:
    "Drop a statement of credits and your browser recomputes every line of it. The file never leaves your computer.",
  title: "Check it yourself.",
  lead:
    "Drop a statement here and your browser recomputes every line of it. The file stays on your computer; nothing of it is sent anywhere.",
  zone: {
    label: "Choose a statement",
    drop: "or drop the file here",
    formats: "The CSV or JSON lines file from your credits page, as downloaded. The PDF is for reading only.",
  },
  key: {
    summary: "I noted the key’s fingerprint myself",
    label: "Fingerprint of the key, or the key",
    hint:
      "If you kept it from an earlier visit, the file must be signed with that key. Left empty, it must be the one published today.",
  },
  progress: { label: "Checking", rows: "{rows} entries checked" },
  withoutScript: {
    title: "This page needs JavaScript",
    text:
      "Your browser does the checking, so it has to run our script. Without it, check the file with a copy of our source code:",
  },
  verified: {
    title: "Verified",
    unsigned: "It adds up, but nothing in it is signed",
    unsupported: "It adds up, but the signature is not checked",
    unreachable: "It adds up, but the key is not compared",
    line:
      "Confirmed by the checkpoint signed on {takenAt}: nothing in the statement was changed, and as of then it is complete.",
    /** `n` is how many entries came after the checkpoint. */
    partly: {
      one: "Signed up to entry {seq}: the entry after it is confirmed by nobody yet",
      other: "Signed up to entry {seq}: the {n} entries after it are confirmed by nobody yet",
    } as Plural,
    partlyLine:
      "That is usual for what happened since the checkpoint of {takenAt}. It fits its own fingerprints, and if it is Kredo’s, the next day’s checkpoint will cover it: download the statement again then.",
    unconfirmed: "Every entry fits the others. That they are from Kredo is not confirmed.",
    facts: {
      account: "Account number",
      entries: "Entries",
      balance: "Balance stated",
      signedBalance: "Balance after entry {seq}, signed",
      made: "Made",
      head: "Last fingerprint",
      checkpoint: "Signed checkpoint",
      checkpointText: "No. {number}, {takenAt}",
      key: "Fingerprint of the key",
    },
    proven: "What this proves",
    chain:
      "No entry was changed, removed, added or moved: each one fits its fingerprint, and each fingerprint contains the one before.",
    chainUpTo:
      "Up to entry {seq} nothing was changed, removed, added or moved: each entry fits its fingerprint, each fingerprint contains the one before, and the sum is {signedBalance}.",
    fits:
      "Each entry fits its fingerprint and the entry before it, and none is missing in between. Somebody who changed one without changing all that follow would be found out.",
    sum: "The balance of {balance} is the sum of all entries, from the first to the last.",
    published:
      "On {takenAt} Kredo signed a checkpoint that confirms entry {seq}, and publishes the same one today. With a copy of it in your hands, nobody can rewrite anything up to that entry unnoticed, Kredo included.",
    ownKey:
      "On {takenAt} a checkpoint that confirms entry {seq} was signed with the key you entered. Nobody without its private half can have rewritten anything up to that entry since.",
    notProven: "What it does not prove",
    later:
      "Entries after number {seq} are newer than the checkpoint. They fit together, but no signature confirms them, nor the balance after them, until the next one: anybody who has this file could have added them.",
    none:
      "There was no checkpoint yet when this statement was made, so nothing in it is signed: somebody could have made up all of it. Download it again tomorrow.",
    noEd25519:
      "Your browser cannot check Ed25519 signatures, so it is not known who signed the checkpoint. A current Chrome, Firefox or Safari can.",
    offline:
      "The list of published checkpoints could not be reached, so it is not known whether the signature is Kredo’s. Compare the key’s fingerprint with one you noted, or try again.",
    meaning:
      "Fingerprints say that entries are as they were written, not that they were right to write. When the file was made and how much of the balance was held is not covered by them.",
  },
  broken: {
    title: "Not verified",
    before: "Entries before it that are right",
    row: "What stands on line {line}",
    found: "Found instead",
    next: "What to do",
    nextText:
      "Download the statement again and check it without opening it in between. If it still fails, keep the file and show it to us: it is the evidence.",
  },
  problems: {
    edited: {
      title: "Entry {seq} was changed.",
      text:
        "On line {line} the entry does not fit its fingerprint and the entry before it. One of the two was changed after it was written.",
    },
    malformed: {
      title: "Line {line} is not as it was written.",
      text:
        "It was changed, or the file was opened and saved by another program, such as a spreadsheet, which writes it differently.",
    },
    missing: {
      title: "Entry {seq} is missing.",
      text: "It belongs on line {line} and is nowhere in the file.",
    },
    reordered: {
      title: "Entry {seq} is not in its place.",
      text: "It belongs on line {line} and stands further down.",
    },
    extra: {
      title: "Line {line} does not belong there.",
      text: "An entry is repeated, or something was added.",
    },
    truncated: {
      title: "The file ends too early.",
      text: "It breaks off at line {line}. Perhaps the download was not finished.",
    },
    balance: {
      title: "The balance of entry {seq} is wrong.",
      text:
        "The entry on line {line} is as it was written, yet its balance is not the sum of the amounts up to it. That is an error of ours: please tell us.",
    },
    summary: {
      title: "The totals do not match.",
      text: "All entries in the file fit together, but the totals on line {line} are not theirs.",
    },
    checkpoint: {
      title: "Entry {seq} is not the one that was signed.",
      text:
        "The checkpoint does not hold the entry on line {line} as it stands here. It, or one before it, was rewritten afterwards; or the proof at the end of the file was.",
    },
    proof: {
      title: "The signed checkpoint does not hold.",
      text: "What line {line} says about the checkpoint was changed, or was never signed.",
    },
    outside: {
      title: "Something besides the entries was changed.",
      text: "All entries are right, but the file is not, byte for byte, the one that was downloaded.",
    },
    unpublished: {
      title: "Kredo did not sign this.",
      text:
        "The entries fit together, but checkpoint {number}, which confirms them, is not the one Kredo publishes. Somebody else signed it.",
    },
    otherKey: {
      title: "This was signed with another key.",
      text:
        "The entries fit together, but checkpoint {number}, which confirms them, was not signed with the key you entered.",
    },
    keyless: {
      title: "Nothing in this file is signed.",
      text:
        "The entries fit together, but there is no checkpoint that could have been signed with the key you entered.",
    },
  },
  unreadable: {
    title: "Not a statement",
    empty: "The file is empty.",
    pdf: "This is the PDF, which is for reading. Download the statement as CSV or JSON lines to check it.",
    other: "This is neither a CSV nor a JSON lines statement of Kredo.",
    failed: "The file could not be read. It may have been moved or changed meanwhile.",
  },
  how: {
    title: "How it works",
    steps: [
      {
        title: "Each entry has a fingerprint",
        text:
          "It is computed from what the entry says and from the fingerprint before it. Change one sign, and every fingerprint from there on is another.",
      },
      {
        title: "The last one stands for all",
        text: "Every day the last fingerprint of every account goes into a checkpoint that is signed and published.",
        link: "See the checkpoints",
      },
      {
        title: "Your browser recomputes them",
        text:
          "No account is needed. At the end it looks up the public list of checkpoints, without saying which one it is after.",
      },
    ],
  },
  formats: {
    title: "What exactly is hashed",
    lead:
      "Eleven lines of UTF-8, joined by line feeds; SHA-256 in lowercase hex. The cause is the text as it stands in the file. docs/statement.md in the source code has every detail and an example.",
    lines:
      "kredo.entry.v1\n<hash of the entry before, 64 zeros for the first>\n<account>\n<seq>\n<kind>\n<amount>\n<counter_account>\n<balance_after>\n<ref>\n<cause>\n<created_at_us>",
    script:
      "The same check as a script, with exit code 0 if somebody confirms it, 3 if nobody does, 1 if it is broken, 2 if it cannot be read:",
  },
};
