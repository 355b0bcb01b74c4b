void f(int a) { foo(a);
   if (a) {
      bar(a);
   } }

void g(int a)
{
foo(a);
if (a) {
bar(a);
}
}
