static int
f (int a)
{
  if (a)
    {
      b (a, "text (of some kind)");
    }
  return bar (a, sizeof (a), get (a));
}
