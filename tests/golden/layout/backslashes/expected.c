#define EXPECT(test, expression) do {					\
	expression;							\
	barrier();							\
	if (possible())							\
		force();						\
	FAIL(test, "failure "						\
			"expected");					\
	struct expect_report e = {          \
		.driver = 1,                \
		.a = 1, \
	};                                \
	if (name_that_is_longer(CONFIG) &&				\
	    x)								\
		y();							\
} while (0)
