import assert from "node:assert/strict";
import { isPublicAddress } from "../../../platform/public-address.ts";

Deno.test("addresses of the public internet are public", () => {
  for (const address of ["1.1.1.1", "151.101.1.1", "172.15.255.255", "172.32.0.1", "100.128.0.1", "223.255.255.255"]) {
    assert.equal(isPublicAddress(address), true, address);
  }
  for (const address of ["2606:4700::1111", "2a04:4e42::81", "::ffff:1.1.1.1", "64:ff9b::101:101"]) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

Deno.test("this machine, private networks, metadata services and reserved ranges are not, in any spelling", () => {
  const inward = [
    ...["0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254"],
    ...["172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"],
    ...["::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1"],
    ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1", "2002:c0a8:101::"],
    ...["", "localhost", "1.1.1", "1.1.1.1.1", "0x7f.0.0.1", "2130706433", "1.1.1.1:80", "[::1]"],
  ];
  for (const address of inward) assert.equal(isPublicAddress(address), false, address);
});
