@@ expression P, N, F; @@
- P = kzalloc(sizeof(*P) * N, F);
+ P = kcalloc(N, sizeof(*P), F);

@@ expression A, B; @@
- if (A && B)
+ if (unlikely(A) && likely(B))
  return 0;

@@ expression D, M; expression list L; @@
- dev_err(&D->dev, M, L);
+ device_error(D, M, L);

@@ expression I, H, F, N, D; @@
- request_irq(I, H, F | IRQF_DISABLED, N, D)
+ devm_request_irq(dev, I, H, F, N, D)

@@ expression A, B, C; @@
- x = A ? B : C;
+ x = select_one_of_two_values(A, B, C);
