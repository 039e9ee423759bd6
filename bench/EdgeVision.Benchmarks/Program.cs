using System.Globalization;
using BenchmarkDotNet.Running;
using EdgeVision.Benchmarks;

if (args is ["outbox", ..])
{
    var seconds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10;
    await OutboxBenchmarks.RunAsync(args.Length > 1 ? args[1] : null, TimeSpan.FromSeconds(seconds));
}
else if (args is ["preprocess", ..])
{
    PreprocessComparison.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 25, args.Length > 2 ? args[2] : "");
}
else if (args is ["masks", ..])
{
    MaskComparison.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 25);
}
else if (args is ["jpeg", ..])
{
    JpegComparison.Run(args.Length > 1 ? args[1] : "tests/assets/people/sample1.jpg", args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 200);
}
else if (args is ["motion", .. var clips])
{
    await MotionTrial.RunAsync(clips);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
