#define CELL(m, i, j) (&(m)[i, j])

int reads(int i, int j)
{
	return grid[i, j] + row[f(i, j)] + other[(i, j)];
}
