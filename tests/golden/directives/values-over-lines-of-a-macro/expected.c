#define FALLBACK(s, arg...)				\
do {							\
	if (unlikely(info(s)->debug)) {			\
		report(s, "fallback:", s "\n",		\
		       ##arg);				\
	}						\
	done();						\
	/* no more */					\
	return;						\
} while (0)
