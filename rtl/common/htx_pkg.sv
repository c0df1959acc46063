// SPDX-License-Identifier: Apache-2.0
// htx_pkg: the one source of every size, encoding and command format that hardware and software share.
//
// scripts/gen/sv_to_hpp.py reads this file and writes the C++ header htx/pkg.hpp (namespace htx::pkg) at build time;
// nothing here is ever written down a second time. The subset it reads: `localparam int unsigned NAME = expression`,
// `typedef enum logic [n:0] {...}` with explicit values, and `typedef struct packed {...}` of plain logic vectors.
// Widths that others need have a name. A number of bits inside a block (8'd1, x[4:0]) is held against the declarations by
// the lint, and the probes' against the RTL's by `ctest -R pkg.registers`.
package htx_pkg;

  // ---------------------------------------------------------------- geometry of the data formats
  localparam int unsigned BLK = 32;              // values in a block; rows and columns of a tile; tokens in a page
  localparam int unsigned BURST_BYTES = 32;      // one DRAM burst (BL16 x 16 bits)
  localparam int unsigned BEAT_BITS = 128;       // one clock of a channel
  localparam int unsigned TILE_HDR_BURSTS = 2;   // 32 fp16 row scales
  localparam int unsigned TILE4_BURSTS = 18;     // header + 32 rows of 32 4-bit weights
  localparam int unsigned TILE8_BURSTS = 34;     // header + 32 rows of 32 8-bit weights
  localparam int unsigned PAGE_HDR_BURSTS = 4;   // 64 B K scales (fp16), 32 B V exponents (int8), 32 B reserved for check bits
  localparam int unsigned PAGE_TILE_BURSTS = 32; // a key or value tile: 32 tokens x 32 int8, no header of its own

  // ---------------------------------------------------------------- sizes of the chip
  localparam int unsigned ADDR_W = 28;           // burst address in a channel: 2^28 x 32 B = 8 GiB
  localparam int unsigned MAX_COLUMNS = 8;       // columns of a chip at most: activation vectors that meet a tile's row in one clock
  localparam int unsigned VW = 8;                // fp32 lanes of the vector unit = elements in a vector-memory word
  localparam int unsigned FW = 2;                // function units (exp2, rcp, rsqrt)
  localparam int unsigned VMEM_BLOCKS = 2048;    // vector memory, in blocks of 32 fp32
  localparam int unsigned VMEM_AW = $clog2(VMEM_BLOCKS * BLK / VW);  // address of one of its words
  localparam int unsigned ACT_BLOCKS = 1024;     // activation memory of a lane, in quantised blocks
  localparam int unsigned KVBUF_BLOCKS = 256;    // append buffer of a lane, in quantised blocks
  localparam int unsigned SEG_ENTRIES = 2048;    // segment table of a lane
  localparam int unsigned SCORE_TOKENS = 16384;  // score memory of a lane's column, in tokens
  localparam int unsigned HEAD_BLOCKS = 8;       // largest head: 8 blocks of 32 = 256
  localparam int unsigned PROG_WORDS = 1024;     // program memory, in instructions
  localparam int unsigned TOKEN_WORDS = 131072;  // token memory: prompt and answer
  localparam int unsigned POS_W = 18;            // a position, or a number of tokens
  localparam int unsigned TOKEN_AW = $clog2(TOKEN_WORDS);  // address of a token; an instruction's is shorter
  localparam int unsigned STREAM_BEATS = 512;    // tile FIFO of a lane (8 KiB)
  localparam int unsigned MEM_LATENCY = 40;      // ideal channel: clocks from request accepted to its first beat
  localparam int unsigned VCMD_DEPTH = 16;       // vector command queue
  localparam int unsigned LCMD_DEPTH = 8;        // lane command queue
  localparam int unsigned NREG = 8;              // index registers of the sequencer; register 0 reads as 0
  localparam int unsigned LOOP_DEPTH = 4;        // nested hardware loops
  localparam int unsigned TOP_EXPERTS = 256;     // experts a router chooses from, at most
  localparam int unsigned TOP_K = 8;             // experts it chooses, at most

  // ---------------------------------------------------------------- instruction: 128 bits
  typedef struct packed {
    logic [7:0]  op;     // op_e
    logic [15:0] flags;  // FLAG_*
    logic [4:0]  elem;   // scalar operand: element of block b; VTOPK: how many are chosen
    logic [2:0]  rd;     // index register added to d
    logic [2:0]  rb;     // index register added to b
    logic [2:0]  ra;     // index register added to a
    logic [2:0]  cols;   // columns - 1 (MATVEC, SCORE, PV, VQUANT of queries), or the column written (VQUANT of activations); else 0
    logic [6:0]  spare;  // zero
    logic [15:0] e;      // period of b, distance of a stacked pair or of columns' results, experts or units of one, or jump target
    logic [15:0] n;      // length in blocks or tiles, or loop count
    logic [15:0] d;      // destination block
    logic [15:0] b;      // second source block, or activation block
    logic [15:0] a;      // first source block, segment, choice, or positions on (TOKEN, SKIP, NEXT)
  } instr_t;

  typedef enum logic [7:0] {
    OP_HALT   = 8'h00,  // stop: done
    OP_LDI    = 8'h01,  // R[rd] = a
    OP_ADDI   = 8'h02,  // R[rd] = R[rd] + a (modulo 2^16)
    OP_LOOP   = 8'h03,  // begin a loop of n passes (n >= 1)
    OP_ENDL   = 8'h04,  // end of the innermost loop
    OP_TOKEN  = 8'h05,  // work on the token a positions on: split it and its position over the lanes
    OP_SKIP   = 8'h06,  // jump to e if the token 1 + a positions on is already known (prompt)
    OP_NEXT   = 8'h07,  // end of 1 + a positions: take the argmax if the prompt is used up; jump to e, or stop
    OP_EXPERT = 8'h08,  // choice a of the last VTOPK: split its first unit and its end over the lanes, e units an expert
    OP_MATVEC = 8'h10,  // lanes: weight tiles of segment a times activation block b.. (n tiles a row) -> vector memory d
    OP_EMBED  = 8'h11,  // lanes: row `token` of the 8-bit tile segment a (n tiles a row) -> vector memory d
    OP_LOADV  = 8'h12,  // lanes: fp32 blocks of segment a -> vector memory d
    OP_APPEND = 8'h13,  // lanes: K at append buffer b (n blocks), V at b + n -> page of segment a
    OP_SCORE  = 8'h14,  // lanes: query at activation block b (n blocks) times the keys of segment a
    OP_PV     = 8'h15,  // lanes: probabilities times the values of segment a -> vector memory d: n blocks, then {L, F}
    OP_VADD   = 8'h20,  // vector: d = a + b
    OP_VMUL   = 8'h21,  // vector: d = a * b
    OP_VEXP2  = 8'h22,  // vector: d = exp2(a)
    OP_VRCP   = 8'h23,  // vector: d = 1 / a
    OP_VRSQRT = 8'h24,  // vector: d = 1 / sqrt(a)
    OP_VSUMSQ = 8'h25,  // vector: d[0] = sum of a^2 in the canonical order, d[1..31] = 0
    OP_VQUANT = 8'h26,  // vector: quantise a in groups of e blocks -> activation memory or append buffer d
    OP_VTOPK  = 8'h27   // vector: the elem largest of e logits in a -> d: largest less each, infinity behind; their numbers -> EXPERT
  } op_e;

  // flags of lane instructions
  localparam int unsigned FLAG_WAIT = 0;     // lanes: compute starts after every earlier vector instruction; vector: issue after every earlier lane instruction
  localparam int unsigned FLAG_W8 = 1;       // 8-bit tiles (else 4-bit)
  localparam int unsigned FLAG_ARGMAX = 2;   // results take part in the argmax
  localparam int unsigned FLAG_NOSTORE = 3;  // results are not written to vector memory
  localparam int unsigned FLAG_PAIR = 4;     // two stacked tensors dealt in pairs of row groups; second lands at d + e
  localparam int unsigned FLAG_POS = 5;      // LOADV: add position * n blocks to the segment's start
  localparam int unsigned FLAG_EXPERT = 11;  // MATVEC: of segment a only the units of the last EXPERT; its first lands at d
  // flags of vector instructions
  localparam int unsigned FLAG_BSCALAR = 6;  // b is one element (elem) for all
  localparam int unsigned FLAG_BPERIOD = 7;  // block of b repeats every e blocks
  localparam int unsigned FLAG_SWAP = 8;     // neighbouring elements of a change places (2i <-> 2i+1)
  localparam int unsigned FLAG_QMODE = 9;    // two bits: quant_e
  typedef enum logic [1:0] {
    Q_ACT = 2'd0,  // activation: int8, scale fp32
    Q_QRY = 2'd1,  // query: int8, scale fp32 times scalar b
    Q_KEY = 2'd2,  // key: int8, scale fp16 -> append buffer
    Q_VAL = 2'd3   // value: int8, exponent int8 -> append buffer
  } quant_e;

  // ---------------------------------------------------------------- segment table: one entry a lane, segment
  typedef struct packed {
    logic [13:0] spare;  // zero
    logic [5:0]  first;  // global index of this lane's first unit (row group, pair, block or page)
    logic [15:0] count;  // units on this lane (weights, fp32 blocks); unused for pages
    logic [ADDR_W-1:0] addr;  // burst address of the first unit
  } seg_t;

  // ---------------------------------------------------------------- sequencer -> lanes (broadcast)
  typedef enum logic [2:0] {
    L_MATVEC = 3'd0,
    L_EMBED  = 3'd1,
    L_LOADV  = 3'd2,
    L_APPEND = 3'd3,
    L_SCORE  = 3'd4,
    L_PV     = 3'd5
  } lane_op_e;

  typedef struct packed {
    logic [2:0]  op;       // lane_op_e
    logic        wait_vec; // compute (APPEND: the write) starts once vec_done has reached vec_tag
    logic        w8;
    logic        argmax;
    logic        nostore;
    logic        pair;
    logic        expert;   // MATVEC: only an expert's units, from unit quot * lanes + rem to the one that off names
    logic [2:0]  cols;     // columns - 1
    logic [7:0]  vec_tag;  // vector instructions issued before this one, modulo 256
    logic [10:0] seg;      // segment
    logic [9:0]  act;      // activation block, or append buffer block
    logic [10:0] out;      // vector memory block
    logic [9:0]  kt;       // tiles a row, or blocks a head
    logic [10:0] pstride;  // blocks from a column's results to the next one's; PAIR: from the first tensor's results to the second's, half the way to the next column's
    logic [15:0] quot;     // EMBED: (token / 32) / lanes; APPEND, SCORE, PV: (position / 32) / lanes; expert: its first unit / lanes
    logic [5:0]  rem;      // the remainder of that division
    logic [4:0]  low;      // token mod 32, or position mod 32
    logic [ADDR_W-1:0] off;  // LOADV: bursts added to the segment's address; expert: {6'b0, remainder, quotient} of the unit after its last
  } lane_cmd_t;

  // ---------------------------------------------------------------- stream -> compute of one lane: the resolved command
  typedef struct packed {
    logic [2:0]  op;
    logic        wait_vec;
    logic        w8;
    logic        argmax;
    logic        nostore;
    logic        pair;
    logic [2:0]  cols;
    logic [7:0]  vec_tag;
    logic [9:0]  act;
    logic [9:0]  kt;
    logic [15:0] count;    // row groups (MATVEC), tiles (EMBED), fp32 blocks (LOADV), pages (SCORE, PV); may be 0
    logic [15:0] out;      // vector memory block of the first unit
    logic [10:0] pstride;
    logic [4:0]  low;      // EMBED: row of the tile; SCORE, PV: last valid token of the lane's last page
  } comp_cmd_t;

  // ---------------------------------------------------------------- lane, tree -> collector
  typedef struct packed {
    logic         argmax;
    logic         nostore;
    logic [15:0]  addr;    // word of VW elements: block * 4 + word
    logic [255:0] data;    // VW fp32 values, element 0 in the low bits
  } res_word_t;
  localparam res_word_t RES_WORD_0 = '0;
  localparam int unsigned RES_WORD_W = $bits(RES_WORD_0);  // of a value: synthesis knows no $bits of a type

  // ---------------------------------------------------------------- sequencer -> vector unit
  typedef struct packed {
    logic [7:0]  op;       // op_e, OP_V*
    logic        bscalar;
    logic        bperiod;
    logic        swap;
    logic [1:0]  qmode;    // quant_e
    logic [2:0]  cols;     // VQUANT: column written (activations), columns - 1 over which groups are dealt (queries)
    logic [10:0] a;        // blocks of vector memory
    logic [10:0] b;
    logic [10:0] d;        // VQUANT: block of the activation memory or append buffer
    logic [10:0] n;        // blocks, >= 1
    logic [10:0] e;        // period of b, or blocks in a quantiser group (>= 1), or experts (VTOPK)
    logic [4:0]  elem;     // element of b, or how many are chosen (VTOPK)
  } vec_cmd_t;

  // ---------------------------------------------------------------- vector unit -> lanes (broadcast): a quantised block
  typedef struct packed {
    logic         kv;      // 1: append buffer, 0: activation memory
    logic [2:0]   col;     // column of the activation memory
    logic [9:0]   addr;    // block
    logic [31:0]  scale;   // fp32; key: fp16 in the low half; value: int8 exponent in the low byte
    logic [255:0] data;    // 32 int8, element 0 in the low bits
  } act_write_t;

  // ---------------------------------------------------------------- memory port of a lane (burst granular, in order)
  typedef struct packed {
    logic         write;
    logic [ADDR_W-1:0] addr;
    logic [255:0] wdata;
  } mem_req_t;

  // ---------------------------------------------------------------- host -> sequencer: pausing, and the watchdog
  localparam int unsigned BREAKS = 4;
  typedef struct packed {
    logic                 stop;      // pulse: pause before the next instruction; with a start, before the first
    logic                 go;        // pulse, while paused: go on; with stop, for one instruction
    logic [BREAKS-1:0]    break_en;
    logic [16*BREAKS-1:0] break_pc;  // pause before this instruction
    logic [31:0]          watchdog;  // clocks that a position may take
  } run_ctl_t;

  // ---------------------------------------------------------------- errors (register ERROR)
  typedef enum logic [7:0] {
    ERR_NONE    = 8'd0,
    ERR_QUANT   = 8'd1,  // NaN or infinity reached a quantiser
    ERR_SCORE   = 8'd2,  // NaN or infinity became an attention score
    ERR_LOGIT   = 8'd3,  // NaN or infinity among the logits
    ERR_OPCODE  = 8'd4,  // unknown instruction
    ERR_LOOP    = 8'd5,  // loops nested too deep, or an end without a beginning
    ERR_PC      = 8'd6,  // program counter beyond the program memory
    ERR_CONTEXT = 8'd7,  // position beyond the token memory or a lane's score memory
    ERR_TOKEN   = 8'd8,  // token number not below the vocabulary
    ERR_ORDER   = 8'd9,  // SCORE and PV do not alternate, or a position or the program ends between them
    ERR_WATCHDOG = 8'd10, // a position takes longer than WATCHDOG allows
    ERR_ROUTER  = 8'd11  // NaN or infinity among a router's logits
  } err_e;

  // ---------------------------------------------------------------- host registers (AXI4-Lite byte offsets)
  localparam int unsigned REG_ID = 32'h00;          // R  0x48545833 "HTX3"
  localparam int unsigned REG_VERSION = 32'h04;     // R  major.minor.patch, a byte each
  localparam int unsigned REG_LANES = 32'h08;       // R  lanes of this chip
  localparam int unsigned REG_CTRL = 32'h0c;        // W  bit 0 start, 1 soft reset, 2 stop, 3 go on; go on and stop: one instruction
  localparam int unsigned REG_STATUS = 32'h10;      // R  bit 0 busy, bit 1 done, bit 2 error, bit 3 paused
  localparam int unsigned REG_ERROR = 32'h14;       // R  err_e in 7:0, lane or source in 15:8, program counter in 31:16
  localparam int unsigned REG_PROMPT = 32'h18;      // RW tokens in the prompt
  localparam int unsigned REG_LIMIT = 32'h1c;       // RW stop when this many tokens stand in the token memory
  localparam int unsigned REG_EOS = 32'h20;         // RW end-of-sequence token; bit 31 set: stop there
  localparam int unsigned REG_VOCAB = 32'h24;       // RW vocabulary
  localparam int unsigned REG_LANES_TOTAL = 32'h28; // RW lanes over all chips
  localparam int unsigned REG_POS = 32'h2c;         // RW position to run next (start of a decode), then the live one
  localparam int unsigned REG_TOKENS = 32'h30;      // R  tokens in the token memory
  localparam int unsigned REG_CYCLES = 32'h34;      // R  clocks since start, low word
  localparam int unsigned REG_CYCLES_HI = 32'h38;   // R  high word
  localparam int unsigned REG_LAST = 32'h3c;        // R  last token decoded
  localparam int unsigned REG_PC = 32'h40;          // R  instruction in hand; while paused the next one
  localparam int unsigned REG_WATCHDOG = 32'h44;    // RW clocks that a position may take
  localparam int unsigned REG_COLUMNS = 32'h48;     // R  columns of a lane
  localparam int unsigned REG_BREAK = 32'h50;       // RW breakpoints, 4 words: bit 31 enables, 15:0 the instruction to pause before
  localparam int unsigned REG_BAD = 32'h60;         // RW the first access refused since the last write here: bad_e in 3:0, 8 it was a write, its address' bits 39:32 in 23:16
  localparam int unsigned REG_BAD_ADDR = 32'h64;    // R  its address, low word; of a register the offset
  localparam int unsigned REG_PERF = 32'h80;        // R  clocks of the last run, perf_e, two words each: low, high
  localparam int unsigned REG_LANE = 32'h100;       // R  counts of the last run by lane, 32 bytes a lane: lane_perf_e, two words each
  localparam int unsigned ID_VALUE = 32'h48545833;
  localparam int unsigned VERSION_VALUE = 32'h00000100;

  localparam int unsigned PERF_BITS = 48;  // of a counter: four days at 800 MHz
  typedef enum logic [1:0] {
    PERF_LANES  = 2'd0,  // clocks with a lane command under way
    PERF_VECTOR = 2'd1,  // clocks with a vector command under way
    PERF_BOTH   = 2'd2   // clocks with both
  } perf_e;
  typedef enum logic [1:0] {
    LPERF_READS   = 2'd0,  // bursts read from its channel
    LPERF_WRITES  = 2'd1,  // bursts written to it
    LPERF_STARVED = 2'd2,  // clocks in which its compute side would take a beat and there is none
    LPERF_WAITED  = 2'd3   // clocks in which its compute side waits for the vector unit's results
  } lane_perf_e;

  typedef enum logic [3:0] {
    BAD_NONE     = 4'd0,
    BAD_NOWHERE  = 4'd1,  // no such window, lane, or place in it: DECERR
    BAD_BURST    = 4'd2,  // a burst that AXI4 does not know: reserved type, beats of more than 32 bytes, FIXED of more than 16 beats, WRAP of another length or unaligned
    BAD_4K       = 4'd3,  // a burst across a boundary of 4 KiB
    BAD_BUSY     = 4'd4,  // a write that must wait until no program runs
    BAD_LAST     = 4'd5,  // WLAST in the wrong place; the beats were written
    BAD_RESET    = 4'd6,  // a soft reset took it
    BAD_REGISTER = 4'd7,  // no such register: DECERR
    BAD_REFUSED  = 4'd8   // a register write that is not allowed, not now, or lacks strobes
  } bad_e;

  // host data window (AXI4, 256-bit beats): address bits 39:36 select what
  localparam int unsigned WIN_DRAM = 0;     // bits 35:33 lane, 32:0 byte
  localparam int unsigned WIN_PROGRAM = 1;  // 32 bytes an instruction, the low 16 count
  localparam int unsigned WIN_SEG = 2;      // bits 19:17 lane, 16:5 entry; the low 8 bytes count
  localparam int unsigned WIN_TOKENS = 3;   // 32 bytes a token, the low 4 count

endpackage
