#define FALLBACK(s, arg...)				\
do {							\
	if (info(s)->debug) {				\
		report(s, "fallback:", s "\n",		\
		       ##arg);				\
	}						\
	done();						\
	return;						\
} while (0)
