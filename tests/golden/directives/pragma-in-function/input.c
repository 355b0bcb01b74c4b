#pragma omp one
#pragma other
int f(void)
{
#pragma omp parallel for
	g();
#pragma other
	h();
}
