struct s {
	u64			rate;
	spinlock_t		lock;
	struct timer_list	timer;
	struct list_head	list;
};

int f(void)
{
	struct t	*t;
	int		result;
	u8		regs[7];

	return g(t, result, regs);
}
