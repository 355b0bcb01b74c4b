@@
identifier o, f;
@@
  struct ops o = {
-   .ioctl = f,
+   .unlocked_ioctl = f,
  };
