import type { Plural } from "../text.ts";

/** The public page of checkpoints. */
export const checkpoints = {
  pageTitle: "Checkpoints – Kredo",
  description:
    "Every day the ledger of all accounts is anchored in one signed fingerprint. Keep a copy, and nobody can rewrite the past unseen.",
  title: "The past stays as it was.",
  lead:
    "Once a day the fingerprint of the last entry of every account goes into one tree, whose root is signed and published here. Whoever keeps a copy can show later that no entry before it was changed, not even by us.",
  list: "Published checkpoints",
  number: "No. {number}",
  accounts: { one: "{n} account", other: "{n} accounts" } as Plural,
  entries: { one: "{n} entry", other: "{n} entries" } as Plural,
  details: {
    root: "Root of the tree",
    previous: "Fingerprint of the one before",
    hash: "Its own fingerprint",
    signature: "Signature",
    publicKey: "Public key",
    key: "Fingerprint of the key",
    takenAt: "Microseconds since 1970",
  },
  newest: "Newest",
  empty: {
    title: "No checkpoint is published yet",
    text: "One is taken every day soon after midnight UTC, from the first entry in the ledger on.",
  },
  check: {
    title: "How to check",
    keep: {
      title: "Keep a copy",
      text:
        "A copy on your own disk is what makes a rewritten past visible. One now and then is enough: each covers everything before it.",
      link: "Download the newest hundred",
    },
    own: {
      title: "Check your own account",
      text:
        "Your statement carries the proof that the newest checkpoint holds your account. Drop the file on the checking page; it never leaves your browser.",
      link: "Check a statement",
    },
    key: {
      title: "Compare the key",
      text:
        "Anybody can make a key, so a signature is worth as much as the key behind it. Note this fingerprint and compare it next time:",
      none: "The fingerprint of the key appears here with the first checkpoint.",
    },
    all: {
      title: "Check them all",
      text: "With our source code, or any Ed25519 and SHA-256 of your own. The formats are below.",
    },
  },
  formats: {
    title: "What exactly is hashed and signed",
    lead:
      "Text is UTF-8, its lines joined by a line feed. Hashes are SHA-256 in lowercase hex, signatures Ed25519. The tree is that of RFC 6962.",
    leaf: {
      title: "A leaf: one account",
      text: "The hash of a zero byte and four lines. Leaves are in the order of the account ids.",
      lines: "kredo.leaf.v1\n<account id>\n<number of its last entry>\n<hash of that entry>",
    },
    node: {
      title: "A node: two below it",
      text:
        "The hash of a one byte and the 32 bytes of each child, left first. The last one of a level without a partner moves up unchanged.",
      lines: "0x01 ‖ <left> ‖ <right>",
    },
    message: {
      title: "The message that is signed",
      text: "Seven lines. The last one is the hash of the message before, 64 zeros in the first.",
      lines:
        "kredo.checkpoint.v1\n<number>\n<microseconds since 1970>\n<accounts>\n<entries>\n<root>\n<hash of the message before>",
    },
  },
};
