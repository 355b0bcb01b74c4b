void f(int a) { foo(a); }

void g(int a)
{
foo(a);
}
