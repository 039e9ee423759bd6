using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Delivery;

/// <summary>
/// A mosquitto that keeps its word (persistence, unlimited queue) and is a bad neighbour otherwise: it is restarted by SIGTERM, stays away,
/// hangs by SIGSTOP, refuses the node's password. Never SIGKILL: then mosquitto itself loses what it has acknowledged.
/// </summary>
internal sealed class UnreliableBroker : IAsyncDisposable
{
    private readonly Mosquitto _broker;
    private readonly string _users;
    private readonly Random _random;

    private UnreliableBroker(Mosquitto broker, string users, Random random) => (_broker, _users, _random) = (broker, users, random);

    public int Port => _broker.Port;

    /// <summary>All of them, those below included.</summary>
    public int Restarts { get; private set; }

    /// <summary>Restarts between which nobody listened for a while.</summary>
    public int Absences { get; private set; }

    /// <summary>Restarts after which it did not let the node in for a while.</summary>
    public int Refusals { get; private set; }

    public int Hangs { get; private set; }

    /// <param name="random">What it does, when and how long.</param>
    public static async Task<UnreliableBroker> StartAsync(Random random)
    {
        var folder = Mosquitto.NewFolder();
        var users = Path.Combine(folder, "users");
        Mosquitto.Require("mosquitto_passwd", "mosquitto");
        ChildProcess.Run("mosquitto_passwd", "-b", "-c", users, "consumer", "listens");
        File.Copy(users, users + ".strict");
        ChildProcess.Run("mosquitto_passwd", "-b", users, "node", "speaks");
        File.Copy(users, users + ".all");
        var broker = await Mosquitto.StartAsync(
            folder, "allow_anonymous false", $"password_file {users}", "persistence true", $"persistence_location {folder}/", "max_queued_messages 0");
        return new UnreliableBroker(broker, users, random);
    }

    /// <summary>One thing after the other until <paramref name="enough"/>; well again at the end.</summary>
    /// <param name="enough">Asked after each.</param>
    /// <param name="pause">Longest, between two.</param>
    public async Task MisbehaveAsync(Func<bool> enough, TimeSpan pause)
    {
        for (var turn = 0; !enough(); turn++)
        {
            await PauseAsync(pause);
            switch (turn % 4)
            {
                case 0:
                    await RestartAsync(TimeSpan.Zero);
                    break;
                case 1:
                    Hangs++;
                    _broker.Freeze();
                    await PauseAsync(TimeSpan.FromSeconds(2));
                    _broker.Thaw();
                    break;
                case 2:
                    Absences++;
                    await RestartAsync(TimeSpan.FromSeconds(1));
                    break;
                default:
                    Refusals++;
                    File.Copy(_users + ".strict", _users, overwrite: true);
                    await RestartAsync(TimeSpan.Zero);
                    await PauseAsync(TimeSpan.FromSeconds(1));
                    File.Copy(_users + ".all", _users, overwrite: true);
                    await RestartAsync(TimeSpan.Zero);
                    break;
            }
        }
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private async Task RestartAsync(TimeSpan away)
    {
        await _broker.StopAsync();
        await PauseAsync(away);
        await _broker.StartAgainAsync();
        Restarts++;
    }

    private Task PauseAsync(TimeSpan longest) => Task.Delay(longest * _random.NextDouble(), TimeProvider.System, TestContext.Current.CancellationToken);
}
