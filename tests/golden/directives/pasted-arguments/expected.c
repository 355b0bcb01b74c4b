#define dbg(fmt, args...) do { zoo(## args, fmt); bar(); } while (0)
#define dbg2(fmt, args...) do { moo(1, fmt, yy(##args)); boo(1); bar(); } while (0)
#define dbg4(fmt, args...) pr(fmt "x", ##args)
#define dbg3(fmt, args...) do { \
	bar(); \
} while (0)
