#define CELL(m, i, j) (&at((m), i, j))

int reads(int i, int j)
{
	return at(grid, i, j) + row[f(i, j)] + other[(i, j)];
}
