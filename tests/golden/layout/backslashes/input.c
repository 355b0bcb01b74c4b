#define EXPECT(test, expression) do {					\
	expression;							\
	barrier();							\
	if (possible())							\
		force();						\
	if (!READ_ONCE(found)) {					\
		FAIL(test, "failure "					\
				"expected");				\
	}								\
	struct expect_report e = {          \
		.a = 1, \
	};                                \
	if (old_name(CONFIG) &&						\
	    x)								\
		y();							\
} while (0)
