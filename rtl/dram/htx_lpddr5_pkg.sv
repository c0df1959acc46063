// SPDX-License-Identifier: Apache-2.0
// htx_lpddr5_pkg: LPDDR5-6400 as the controller keeps it, and the bits of its commands.
// Generated from timings.toml and commands.toml by scripts/gen/lpddr5.py; do not edit.
package htx_lpddr5_pkg;
  localparam int unsigned RANKS = 2;  // of a channel
  localparam int unsigned BANK_GROUPS = 4;  // of a rank
  localparam int unsigned BANKS = 4;  // of a bank group
  localparam int unsigned COLUMNS = 64;  // bursts of a row
  localparam int unsigned BURST_BYTES = 32;  // of a BL16 burst
  localparam int unsigned ROW_BITS_8 = 15;  // 8 Gb a die: 1 GiB a rank
  localparam int unsigned ROW_BITS_16 = 16;  // 16 Gb a die: 2 GiB a rank
  localparam int unsigned ROW_BITS_32 = 17;  // 32 Gb a die: 4 GiB a rank
  localparam int unsigned BLMIN = 2;  // data bus clocks of a BL16 burst: BL/n_min
  localparam int unsigned BLMAX = 4;  // column clocks of a bank group, BL16: BL/n_max
  localparam int unsigned BL32MIN = 6;  // first to last data clock of BL32: two BL16 with a gap of BLmin between them
  localparam int unsigned BL32MAX = 8;  // column clocks of a bank group, BL32
  localparam int unsigned T_WCKENL_RD = 7;  // CAS(WS_RD) to WCK enabled
  localparam int unsigned T_WCKENL_WR = 4;  // CAS(WS_WR) to WCK enabled
  localparam int unsigned T_WCKPRE_STATIC = 4;  // WCK held still before it toggles
  localparam int unsigned T_WCKPRE_TOGGLE_RD = 7;  // WCK toggling before read data
  localparam int unsigned T_WCKPRE_TOGGLE_WR = 2;  // WCK toggling before write data
  localparam int unsigned RL = 17;  // RD to its first data clock, sets 0, 1, 2
  localparam int unsigned WL = 9;  // WR to its first data clock, sets A, B
  localparam int unsigned T_RCD = 15;  // ACT-2 to RD or WR of the bank
  localparam int unsigned T_RCD_HOT = 16;  // derated
  localparam int unsigned T_RPPB = 15;  // PRE of a bank to its ACT-1 or REF
  localparam int unsigned T_RPPB_HOT = 16;  // derated
  localparam int unsigned T_RPAB = 17;  // PRE of all banks to ACT-1 or REF
  localparam int unsigned T_RPAB_HOT = 19;  // derated
  localparam int unsigned T_RAS = 34;  // ACT-2 to PRE of the bank
  localparam int unsigned T_RAS_HOT = 36;  // derated
  localparam int unsigned T_RC = 49;  // ACT-2 to the next ACT-1 of the bank, or its REF
  localparam int unsigned T_RC_HOT = 52;  // derated
  localparam int unsigned T_RRD = 4;  // ACT-2 to ACT-2 of another bank; REFpb counts as an ACT
  localparam int unsigned T_FAW = 16;  // window of four ACT-2 of a rank; REFpb counts as an ACT
  localparam int unsigned T_AADMIN = 1;  // ACT-1 to its ACT-2, at least
  localparam int unsigned T_AADMAX = 8;  // ACT-1 to its ACT-2, at most
  localparam int unsigned T_PPD = 2;  // PRE to PRE of a rank
  localparam int unsigned T_CCD_S = 2;  // RD to RD, or WR to WR, of another bank group
  localparam int unsigned T_CCD_L = 4;  // RD to RD, or WR to WR, of the same bank group
  localparam int unsigned T_CCDMW = 16;  // MWR to MWR of the same bank
  localparam int unsigned T_WTR_S = 5;  // write data's end to RD, another bank group
  localparam int unsigned T_WTR_L = 10;  // write data's end to RD, the same bank group
  localparam int unsigned T_W2R_S = 16;  // WR to RD of another bank group
  localparam int unsigned T_W2R_L = 23;  // WR to RD of the same bank group
  localparam int unsigned T_R2W = 17;  // RD to WR of a rank
  localparam int unsigned NRBTP = 4;  // read burst's end to PRE
  localparam int unsigned T_RTP = 8;  // RD to PRE of the bank
  localparam int unsigned NWR = 28;  // write recovery
  localparam int unsigned T_WTP = 40;  // WR to PRE of the bank
  localparam int unsigned T_RANK = 2;  // data bus: end of one rank's burst to the start of the other's
  localparam int unsigned T_R2R_RANK = 4;  // RD to RD, or WR to WR, of the other rank
  localparam int unsigned T_R2W_RANK = 17;  // RD to WR of the other rank
  localparam int unsigned T_RFCAB_8 = 168;  // REFab to ACT-1, REF, PRE, MRW of the rank
  localparam int unsigned T_RFCAB_16 = 224;  // REFab to ACT-1, REF, PRE, MRW of the rank
  localparam int unsigned T_RFCAB_32 = 304;  // REFab to ACT-1, REF, PRE, MRW of the rank
  localparam int unsigned T_RFCPB_8 = 96;  // REFpb to ACT-1 or REF of the pair, and to REFab
  localparam int unsigned T_RFCPB_16 = 112;  // REFpb to ACT-1 or REF of the pair, and to REFab
  localparam int unsigned T_RFCPB_32 = 152;  // REFpb to ACT-1 or REF of the pair, and to REFab
  localparam int unsigned T_PBR2PBR = 72;  // REFpb to REFpb of another pair
  localparam int unsigned T_PBR2ACT = 6;  // REFpb to ACT-1 of another bank
  localparam int unsigned T_REFI = 3125;  // average interval of REFab, or of eight REFpb
  localparam int unsigned MAXDEBT = 3;  // REFab that may be postponed
  localparam int unsigned MAXGAP = 4;  // tREFI between two refreshes, at most
  localparam int unsigned RAAIMT = 64;  // activations of a bank that one REF takes back; from here on RFM is due
  localparam int unsigned RAAMMT = 256;  // activations of a bank at which no ACT is legal any more
  localparam int unsigned RAADEC = 1;  // times RAAIMT that one RFM takes back
  localparam int unsigned T_RFMAB_8 = 168;  // RFMab to ACT-1, REF, PRE, MRW of the rank
  localparam int unsigned T_RFMAB_16 = 224;  // RFMab to ACT-1, REF, PRE, MRW of the rank
  localparam int unsigned T_RFMAB_32 = 304;  // RFMab to ACT-1, REF, PRE, MRW of the rank
  localparam int unsigned T_RFMPB_8 = 96;  // RFMpb to ACT-1 or REF of the pair
  localparam int unsigned T_RFMPB_16 = 112;  // RFMpb to ACT-1 or REF of the pair
  localparam int unsigned T_RFMPB_32 = 152;  // RFMpb to ACT-1 or REF of the pair
  localparam int unsigned T_XP = 6;  // PDX to any command
  localparam int unsigned T_PD = 6;  // PDE to PDX
  localparam int unsigned T_RDPDE = 22;  // RD or MRR to PDE
  localparam int unsigned T_WRPDE = 40;  // WR to PDE or SRE
  localparam int unsigned T_SR = 12;  // SRE to SRX
  localparam int unsigned T_XSR_8 = 174;  // SRX to ACT-1, RD, WR, REF
  localparam int unsigned T_XSR_16 = 230;  // SRX to ACT-1, RD, WR, REF
  localparam int unsigned T_XSR_32 = 310;  // SRX to ACT-1, RD, WR, REF
  localparam int unsigned T_MRR = 4;  // MRR to MRR or RD
  localparam int unsigned T_MRW = 8;  // MRW-2 to MRW-1
  localparam int unsigned T_MRD = 12;  // MRW-2 to any other command
  localparam int unsigned T_ZQCAL = 1200;  // MPC(ZQ start) to MPC(ZQ latch)
  localparam int unsigned T_ZQLAT = 24;  // MPC(ZQ latch) to RD or WR
  localparam int unsigned T_INIT1 = 160000;  // RESET_n low at power-up
  localparam int unsigned T_INIT3 = 1600000;  // RESET_n high to the first command
  localparam int unsigned T_WCKPST = 1;  // WCK after the last data
  localparam int unsigned T_SYNCRD = 20;  // RD to the last RD or WR that needs no CAS: WCK is still synced
  localparam int unsigned T_SYNCWR = 12;  // WR to the last RD or WR that needs no CAS
  localparam int unsigned T_SYNCFS = 20;  // CAS(WS_FS) to the first RD or WR, at most

  typedef enum logic [4:0] {
    CMD_DES = 0,  // deselect: CS low
    CMD_NOP = 1,  // nothing; in power-down it ends it (PDX)
    CMD_PDE = 2,  // enter power-down
    CMD_ACT1 = 3,  // activate, upper row bits
    CMD_ACT2 = 4,  // activate, lower row bits, of the bank that ACT-1 named
    CMD_PRE = 5,  // precharge a bank, or all (AB)
    CMD_REF = 6,  // refresh a pair of banks (x, x+8), or all (AB); with RFM: refresh management
    CMD_WR16 = 7,  // write a burst of 32 bytes
    CMD_MWR = 8,  // write a burst under a byte mask
    CMD_WR32 = 9,  // write two bursts
    CMD_RD16 = 10,  // read a burst of 32 bytes
    CMD_RD32 = 11,  // read two bursts
    CMD_CAS = 12,  // sync WCK for a write, a read or both (WS_FS); all three: WCK off
    CMD_MPC = 13,  // multi-purpose: 0x85 starts a ZQ calibration, 0x86 latches it
    CMD_SRE = 14,  // enter self-refresh; DSM: deep sleep, PD: with power-down
    CMD_SRX = 15,  // leave self-refresh
    CMD_MRW1 = 16,  // write a mode register: its number
    CMD_MRW2 = 17,  // write a mode register: the value
    CMD_MRR = 18,  // read a mode register
    CMD_WFF = 19,  // write the training FIFO
    CMD_RFF = 20,  // read the training FIFO
    CMD_RDC = 21  // read the training pattern
  } cmd_e;

  // Command bits for one CK: {CA[6:0] at the falling edge, CA[6:0] at the rising edge}.
  function automatic logic [13:0] ca_nop();
    ca_nop = {1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_pde();
    ca_pde = {1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b1, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_act1(input logic [1:0] bg, input logic [1:0] ba, input logic [17:11] row);
    ca_act1 = {row[13], row[12], row[11], bg[1], bg[0], ba[1], ba[0], row[17], row[16], row[15], row[14], 1'b1, 1'b1, 1'b1};
  endfunction
  function automatic logic [13:0] ca_act2(input logic [10:0] row);
    ca_act2 = {row[6], row[5], row[4], row[3], row[2], row[1], row[0], row[10], row[9], row[8], row[7], 1'b0, 1'b1, 1'b1};
  endfunction
  function automatic logic [13:0] ca_pre(input logic [1:0] bg, input logic [1:0] ba, input logic ab);
    ca_pre = {ab, 1'b0, 1'b0, bg[1], bg[0], ba[1], ba[0], 1'b1, 1'b1, 1'b1, 1'b1, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_ref(input logic [0:0] bg, input logic [1:0] ba, input logic ab, input logic sb, input logic rfm);
    ca_ref = {ab, 1'b0, sb, rfm, bg[0], ba[1], ba[0], 1'b0, 1'b1, 1'b1, 1'b1, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_wr16(input logic [1:0] bg, input logic [1:0] ba, input logic [5:0] col, input logic ap);
    ca_wr16 = {ap, col[2], col[1], bg[1], bg[0], ba[1], ba[0], col[5], col[4], col[3], col[0], 1'b1, 1'b1, 1'b0};
  endfunction
  function automatic logic [13:0] ca_mwr(input logic [1:0] bg, input logic [1:0] ba, input logic [5:0] col, input logic ap);
    ca_mwr = {ap, col[2], col[1], bg[1], bg[0], ba[1], ba[0], col[5], col[4], col[3], col[0], 1'b0, 1'b1, 1'b0};
  endfunction
  function automatic logic [13:0] ca_wr32(input logic [1:0] bg, input logic [1:0] ba, input logic [5:1] col, input logic ap);
    ca_wr32 = {ap, col[2], col[1], bg[1], bg[0], ba[1], ba[0], col[5], col[4], col[3], 1'b0, 1'b1, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_rd16(input logic [1:0] bg, input logic [1:0] ba, input logic [5:0] col, input logic ap);
    ca_rd16 = {ap, col[2], col[1], bg[1], bg[0], ba[1], ba[0], col[5], col[4], col[3], col[0], 1'b0, 1'b0, 1'b1};
  endfunction
  function automatic logic [13:0] ca_rd32(input logic [1:0] bg, input logic [1:0] ba, input logic [5:0] col, input logic ap);
    ca_rd32 = {ap, col[2], col[1], bg[1], bg[0], ba[1], ba[0], col[5], col[4], col[3], col[0], 1'b1, 1'b0, 1'b1};
  endfunction
  function automatic logic [13:0] ca_cas(input logic ws_wr, input logic ws_rd, input logic ws_fs);
    ca_cas = {1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, ws_fs, ws_rd, ws_wr, 1'b1, 1'b1, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_mpc(input logic [7:0] op);
    ca_mpc = {op[6], op[5], op[4], op[3], op[2], op[1], op[0], op[7], 1'b1, 1'b1, 1'b0, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_sre(input logic dsm, input logic pd);
    ca_sre = {pd, dsm, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b1, 1'b1, 1'b0, 1'b1, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_srx();
    ca_srx = {1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b1, 1'b0, 1'b1, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_mrw1(input logic [6:0] ma);
    ca_mrw1 = {ma[6], ma[5], ma[4], ma[3], ma[2], ma[1], ma[0], 1'b1, 1'b0, 1'b1, 1'b1, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_mrw2(input logic [7:0] op);
    ca_mrw2 = {op[6], op[5], op[4], op[3], op[2], op[1], op[0], op[7], 1'b0, 1'b0, 1'b1, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_mrr(input logic [6:0] ma);
    ca_mrr = {ma[6], ma[5], ma[4], ma[3], ma[2], ma[1], ma[0], 1'b0, 1'b0, 1'b1, 1'b1, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_wff();
    ca_wff = {1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b1, 1'b1, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_rff();
    ca_rff = {1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b1, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0};
  endfunction
  function automatic logic [13:0] ca_rdc();
    ca_rdc = {1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b0, 1'b1, 1'b0, 1'b1, 1'b0, 1'b0, 1'b0, 1'b0};
  endfunction
endpackage
