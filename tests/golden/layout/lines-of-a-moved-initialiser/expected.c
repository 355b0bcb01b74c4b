int f(struct task *cur, struct task *p, int cpu)
{
	int ret = -EINVAL;

	struct arg arg = (struct arg){
		.src_task = cur,
		.src_cpu = cpu,
		.dst = { p,
			 cpu },
	};
	return g(&arg, ret);
}
