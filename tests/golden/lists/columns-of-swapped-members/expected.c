struct s {
	u64			rate;
	struct timer_list	timer;
	spinlock_t		lock;
	struct list_head	list;
};

int f(void)
{
	struct t	*t;
	u8		regs[7];
	int		result;

	return g(t, result, regs);
}
