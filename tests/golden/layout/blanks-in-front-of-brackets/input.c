static int
f (int a)
{
  if (a)
    {
      b (a, "text (of some kind)");
    }
  return foo (a);
}
