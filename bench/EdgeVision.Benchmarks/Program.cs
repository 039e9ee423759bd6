using BenchmarkDotNet.Running;
using EdgeVision.Benchmarks;

if (args is ["outbox", ..]) await OutboxBenchmarks.RunAsync(args.Length > 1 ? args[1] : null);
else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
