using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Simulator;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments.Any(a => a is "--help" or "-h" or "-?"))
        {
            Console.Out.WriteLine(SimulateArguments.Help);
            return 0;
        }

        if (!SimulateArguments.TryParse(arguments, out var options, out var error))
        {
            await Console.Error.WriteLineAsync(error).ConfigureAwait(false);
            return 2;
        }

        using var logs = LoggerFactory.Create(b => b
            .AddConsole(c => c.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSimpleConsole(c => (c.SingleLine, c.TimestampFormat) = (true, "HH:mm:ss ")));
        try
        {
            await RunAsync(options, logs).ConfigureAwait(false);
            return 0;
        }
        catch (SimulatorException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task RunAsync(SimulatorOptions options, ILoggerFactory logs)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await using var simulator = await EdgeSimulator.StartAsync(options, TimeProvider.System, logs.CreateLogger("simulator")).ConfigureAwait(false);
        Console.Out.WriteLine($"""
            IoT Edge simulator of {string.Join(", ", simulator.Modules.Keys)}
              MQTT over TLS   localhost:{simulator.Port}, trusted by {simulator.CaPath}
              workload API    {simulator.SocketPath}
              control API     {simulator.ControlAddress}
              environment     . '{simulator.EnvironmentPath}'
            Ctrl-C ends it.
            """);
        await stop.Task.ConfigureAwait(false);
    }
}
