// SPDX-License-Identifier: Apache-2.0
// A cover point is reached exactly where the assertion of its opposite fails: so the same solver finds both.
module \$cover (A, EN);
  input A, EN;
  wire n;
  \$_NOT_ opposite (.A(A), .Y(n));
  $assert _TECHMAP_REPLACE_ (.A(n), .EN(EN));
endmodule
