using System.Diagnostics;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>The official SDK for Node.js passes its list against the simulator: that is what makes the simulator hub-like (tests/sdk-node).</summary>
public sealed class NodeSdkTests
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(2);
    private static readonly string Folder = Repository.PathOf("tests/sdk-node");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("connection-string")]
    [InlineData("environment")]
    public async Task The_official_Node_SDK_passes_its_list(string mode)
    {
        await RequireSdkAsync();
        await using var hub = await Simulated.StartAsync(routes: [new Route("loop", null, "loop")]);
        var gateway = $"localhost:{hub.Simulator.Port}"; // The SDK takes a port there; otherwise it knows 8883 only.
        var environment = new Dictionary<string, string> { ["CONTROL"] = hub.Simulator.ControlAddress.ToString() };
        if (mode == "environment")
        {
            foreach (var (name, value) in hub.Simulator.Environment) environment[name] = value;
            environment["IOTEDGE_GATEWAYHOSTNAME"] = gateway;
        }
        else
        {
            foreach (var (name, value) in new[] { ("DEVICE", Simulated.Device), ("MODULE", Simulated.Module), ("HUB", Simulated.Hub), ("GATEWAY", gateway), ("CA", hub.Simulator.CaPath) }) environment[name] = value;
        }

        var (code, output) = await RunAsync("node", ["checks.js", mode], RunTimeout, environment);

        Assert.True(code == 0 && output.Contains("13 passed, 0 failed", StringComparison.Ordinal), output);
    }

    private static async Task RequireSdkAsync()
    {
        foreach (var tool in new[] { "node", "npm" })
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool))))
                Assert.Skip($"{tool} is not installed; the official SDK needs Node.js 18 or newer.");
        if (File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"))) return;
        var (code, output) = await RunAsync("npm", ["ci", "--no-audit", "--no-fund"], InstallTimeout, []);
        if (code != 0) Assert.Skip($"The official SDK cannot be installed: npm ci ended with {code}: {output[^Math.Min(output.Length, 400)..]}");
    }

    private static async Task<(int Code, string Output)> RunAsync(string command, string[] arguments, TimeSpan timeout, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        try
        {
            await process.WaitForExitAsync(Stop).WaitAsync(timeout, Stop);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{command} did not end within {timeout}: {await output}{await errors}");
        }

        return (process.ExitCode, await output + await errors);
    }
}
