using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeVision.IntegrationTests.Module.Health;

/// <summary>The command of containers, against a node, nobody, and somebody else.</summary>
public sealed class HealthcheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_running_node_is_well_and_its_figures_can_be_read()
    {
        var port = FreePort();
        var environment = new Dictionary<string, string> { ["EDGEVISION__HTTP__PORT"] = $"{port}", ["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0" };
        await using var node = EdgeVisionProcess.StartWith(environment, "run", "--camera", "door=test:pattern?width=64&height=48", "--data", _folder.PathOf("data"));
        await node.LineAsync("Health and metrics", error: true);

        await using var check = EdgeVisionProcess.StartWith(environment, "healthcheck");
        Assert.Equal(0, await check.ExitAsync());
        Assert.Contains("\"status\":\"ok\"", check.Stdout, StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Contains("edgevision_camera_up{", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Stop), StringComparison.Ordinal);

        // While it runs, another node on the same port says so and runs, too.
        await using var second = EdgeVisionProcess.StartWith(environment, "run", "--camera", "door=test:pattern?width=64&height=48", "--data", _folder.PathOf("other"), "--frames", "3");
        Assert.Equal(0, await second.ExitAsync());
        Assert.Contains("Health and metrics are not answered", second.Stderr, StringComparison.Ordinal);

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        var (code, _, error) = await EdgeVisionProcess.RunAsync("healthcheck", "--port", $"{port}");
        Assert.Equal(1, code);
        Assert.Contains($"Nobody answers at http://127.0.0.1:{port}/healthz", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_else_on_the_port_is_a_sentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await other.AcceptTcpClientAsync(Stop);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH\r\n"), Stop);
        }, Stop);
        var (code, _, error) = await EdgeVisionProcess.RunAsync("healthcheck", "--port", $"{((IPEndPoint)other.LocalEndpoint).Port}");
        await answering;

        Assert.Equal(1, code);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>As the node reads it.</summary>
    [Theory]
    [InlineData("EDGEVISION__HTTP__PORT")]
    [InlineData("EdgeVision__Http__Port")]
    public async Task The_port_is_that_of_the_environment_however_it_is_spelled(string name)
    {
        var port = FreePort();
        await using var check = EdgeVisionProcess.StartWith(new Dictionary<string, string> { [name] = $"{port}" }, "healthcheck");

        Assert.Equal(1, await check.ExitAsync());
        Assert.Contains($"Nobody answers at http://127.0.0.1:{port}/healthz", check.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_to_answer_nobody_cannot_be_asked()
    {
        await using var check = EdgeVisionProcess.StartWith(new Dictionary<string, string> { ["EDGEVISION__HTTP__PORT"] = "0" }, "healthcheck");

        Assert.Equal(1, await check.ExitAsync());
        Assert.Contains("EDGEVISION__HTTP__PORT is 0", check.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_who_hangs_is_given_up_after_three_seconds()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (code, _, error) = await EdgeVisionProcess.RunAsync("healthcheck", "--ready", "--port", $"{((IPEndPoint)other.LocalEndpoint).Port}");

        Assert.Equal(1, code);
        Assert.Contains("does not answer within 3 s", error, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
