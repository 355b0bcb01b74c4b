int f(int x)
{
	if (x) { foo(); abc(); bar(); }
	if (x) { bar(); foo(); }
	foo();
	while (x) foo();
	switch (x) { case 1: foo(); break; }
	return 0;
}
