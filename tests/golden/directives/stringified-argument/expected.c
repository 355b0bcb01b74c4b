#define A(x, y) do { if (x) a(p, #y ); else if (!x) \
		b(q, y##_z, #x); } while (0)
