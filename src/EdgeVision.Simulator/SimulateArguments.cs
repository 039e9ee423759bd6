using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeVision.Simulator;

/// <summary>The command line of the simulator.</summary>
internal static class SimulateArguments
{
    public const string Help = """
        An IoT Edge device on this machine: edgeHub over MQTT, the workload API, and a control API. No cloud, no containers.

        Usage: edgevision-simulator [--dir D] [--port 8883] [--control http://127.0.0.1:5080] [--device dev1] [--module edgevision]…
                                    [--route OUTPUT=[MODULE/]INPUT]… [--fault renew-ca|chunked|drop-11th|token-1min]…

          --dir D        where env, ca.pem and workload.sock are written; the keys are kept there too (default: edgevision-simulator)
          --port N       MQTT over TLS, loopback; 0 takes a free one. SDKs know 8883 only
          --control URL  the control API, http on loopback; port 0 takes a free one
          --device ID    of the simulated device
          --module ID    may be repeated; the first one owns env and workload.sock
          --hub HOST     the IoT Hub that tokens are for
          --route R      what the module says on OUTPUT arrives at INPUT
          --fault F      may be repeated; docs/simulator.md says what each does

        Example: edgevision-simulator --dir /tmp/edge &  then  . /tmp/edge/env  and start the module in the same shell.
        """;

    /// <summary>Null with an <paramref name="error"/> of one sentence.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, [NotNullWhen(true)] out SimulatorOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        error = null;
        var read = new SimulatorOptions { Directory = "edgevision-simulator" };
        var (modules, routes) = (new List<string>(), new List<Route>());
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var (name, value) = (arguments[i], i + 1 < arguments.Count ? arguments[i + 1] : null);
            if (value is null) error = $"'{name}' is no option, or needs a value; see --help.";
            else if (name == "--dir") read = read with { Directory = value };
            else if (name == "--device") read = read with { Device = value };
            else if (name == "--hub") read = read with { HubHostName = value };
            else if (name == "--module") modules.Add(value);
            else if (name == "--port" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) read = read with { Port = port };
            else if (name == "--control" && Uri.TryCreate(value, UriKind.Absolute, out var control)) read = read with { Control = control };
            else if (name == "--route" && Route.TryParse(value, out var route)) routes.Add(route);
            else if (name == "--fault" && Faults.TryParse(value, out var fault)) read = read with { Faults = read.Faults | fault };
            else error = $"'{name} {value}' is not understood; see --help for the options and what they take.";
            if (error is not null) return false;
        }

        options = read with { Modules = modules.Count > 0 ? modules : read.Modules, Routes = routes };
        return true;
    }
}
