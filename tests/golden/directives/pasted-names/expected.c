#define expect(suffix, ...)						\
	({								\
		int result = 0;						\
		if (check_ ## suffix(__FILE__, #suffix, n##_x, ##__VA_ARGS__) == 0) \
			result = 1;					\
		result;							\
	})

#define encode(tp, v, field) do {					\
		u##tp _res = u##tp##_encode(v, field);			\
		use(_res);						\
	} while (0)
