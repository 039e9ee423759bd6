using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>The broker of the deployment, started with the very files of deploy/mosquitto: who may say and hear what.</summary>
public sealed class LocalBrokerTests : IAsyncDisposable
{
    private const string Password = "correct horse", ConsumerPassword = "battery staple";

    /// <summary>Ends a subscription that hears nothing else; sent by the node, heard by everyone who may listen.</summary>
    private const string Last = "edgevision/dev1/last";

    private Mosquitto? _broker;

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_comes_in_without_a_name_and_its_password()
    {
        var port = await StartAsync();

        Assert.Contains("Not authorized", await PublishAsync(port, "edgevision/dev1/x"), StringComparison.Ordinal);
        Assert.Contains("Not authorized", await PublishAsync(port, "edgevision/dev1/x", "-u", "edgevision", "-P", "wrong"), StringComparison.Ordinal);
        Assert.Contains("Not authorized", await PublishAsync(port, "edgevision/dev1/x", "-u", "edgevision"), StringComparison.Ordinal);
        Assert.Equal("", await PublishAsync(port, "edgevision/dev1/x", Node));
    }

    [Fact]
    public async Task The_node_writes_below_its_prefix_and_nowhere_else()
    {
        var port = await StartAsync();
        await using var consumer = await MosquittoSub.StartAsync(port, "#", Consumer);

        Assert.Equal("", await PublishAsync(port, "edgevision/dev1/door/events/frame", Node));
        foreach (var foreign in new[] { "plant/line1", "edgevisionary/x", "homeassistant/config", "$SYS/broker/x" })
            Assert.Contains("Not authorized", await PublishAsync(port, foreign, Node), StringComparison.Ordinal);
        Assert.Equal("", await PublishAsync(port, Last, Node));

        var heard = await consumer.TakeUntilAsync(m => m.Topic == Last);
        Assert.Equal(["edgevision/dev1/door/events/frame", Last], heard.Select(m => m.Topic));
    }

    [Fact]
    public async Task A_consumer_hears_the_node_and_says_nothing()
    {
        var port = await StartAsync();
        await using var consumer = await MosquittoSub.StartAsync(port, "edgevision/#", Consumer);

        Assert.Contains("Not authorized", await PublishAsync(port, "edgevision/dev1/door/events/frame", Consumer), StringComparison.Ordinal);
        Assert.Contains("Not authorized", await PublishAsync(port, "plant/line1", Consumer), StringComparison.Ordinal);
        Assert.Equal("", await PublishAsync(port, Last, Node));

        Assert.Equal(Last, (await consumer.NextAsync()).Topic);
    }

    [Fact]
    public async Task The_node_hears_nobody()
    {
        var port = await StartAsync();
        await using var node = await MosquittoSub.StartAsync(port, "#", [.. Node, "-V", "5"]);
        await using var consumer = await MosquittoSub.StartAsync(port, "#", Consumer);

        Assert.Equal("", await PublishAsync(port, Last, Node));

        Assert.Equal(Last, (await consumer.NextAsync()).Topic);
        await Assert.ThrowsAsync<TimeoutException>(() => node.NextAsync(TimeSpan.FromMilliseconds(300)));
    }

    private static string[] Node => ["-u", "edgevision", "-P", Password];

    private static string[] Consumer => ["-u", "consumer", "-P", ConsumerPassword];

    /// <summary>As deploy/mosquitto/README.md installs it, in a folder and on a port of its own.</summary>
    private async Task<int> StartAsync()
    {
        Mosquitto.Require("mosquitto_passwd", "mosquitto");
        var folder = Mosquitto.NewFolder();
        File.Copy(Repository.PathOf("deploy", "mosquitto", "acl"), Path.Combine(folder, "acl"));
        var passwords = Path.Combine(folder, "passwords");
        await File.WriteAllTextAsync(passwords, $"edgevision:{Password}\nconsumer:{ConsumerPassword}\n");
        ChildProcess.Run("mosquitto_passwd", "-U", passwords);
        Assert.DoesNotContain(Password, await File.ReadAllTextAsync(passwords), StringComparison.Ordinal);

        var lines = await File.ReadAllLinesAsync(Repository.PathOf("deploy", "mosquitto", "mosquitto.conf"));
        Assert.Equal("per_listener_settings true", lines.First(l => l.Length > 0 && l[0] != '#'));
        Assert.Single(lines, "listener 1883");
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        var settings = lines.Where(l => l.Length > 0 && l[0] != '#' && l != "listener 1883")
            .Select(l => l.Replace("/mosquitto/config/", folder + "/", StringComparison.Ordinal).Replace("/mosquitto/data/", folder + "/data/", StringComparison.Ordinal));
        _broker = await Mosquitto.StartAsync(folder, [.. settings]);
        return _broker.Port;
    }

    /// <summary>What mosquitto_pub complains of; MQTT 5, because 3.1.1 cannot say that a message was refused.</summary>
    private static async Task<string> PublishAsync(int port, string topic, params string[] login)
    {
        var (_, said, complained) = await Deployment.RunAsync("mosquitto_pub", ["-V", "5", "-h", "127.0.0.1", "-p", $"{port}", "-t", topic, "-q", "1", "-m", "x", .. login], "");
        return said + complained;
    }
}
