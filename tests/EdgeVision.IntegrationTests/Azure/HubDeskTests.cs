using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Commands;
using EdgeVision.IntegrationTests.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>What becomes of a link's arrivals when the link, or what serves it, ends.</summary>
public sealed class HubDeskTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bug_in_one_part_ends_the_link_and_does_not_leave_it_half_deaf()
    {
        await using var hub = await Simulated.StartAsync();
        await using var link = await OpenAsync(hub);
        var desk = new HubDesk(new ModuleTwin(new HubOptions(), TimeProvider.System, NullLogger.Instance));

        var serving = desk.ServeAsync(link, () => throw new InvalidOperationException("a bug"), Stop);

        Assert.Equal("a bug", (await Assert.ThrowsAsync<InvalidOperationException>(() => serving.WaitAsync(Simulated.Patience, Stop))).Message);
        Assert.False(link.IsAlive);
    }

    [Fact]
    public async Task A_command_that_was_acknowledged_runs_though_its_link_is_given_up()
    {
        await using var hub = await Simulated.StartAsync();
        var ran = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var work = new CommandDesk(
            (name, _, _) =>
            {
                ran.TrySetResult(name);
                return new(CommandAnswer.Of(CommandAnswer.Ok, _ => { }));
            },
            TimeProvider.System, NullLogger.Instance);
        var methods = new MethodDesk(work, NullLogger.Instance);
        var link = await OpenAsync(hub);
        await hub.PostAsync($"input/{Simulated.ClientId}/{MethodDesk.Input}", """{"command":"ping"}""");
        await UntilAsync(hub, inputs: 0);
        using var over = new CancellationTokenSource();
        await over.CancelAsync();

        var serving = new HubDesk(twin: null, methods).ServeAsync(link, () => { }, over.Token);
        await link.DisposeAsync();
        await serving.WaitAsync(Simulated.Patience, Stop);

        Assert.Equal("ping", await ran.Task.WaitAsync(Simulated.Patience, Stop));
    }

    [Fact]
    public async Task What_comes_over_a_link_that_was_given_up_is_left_for_the_next()
    {
        await using var hub = await Simulated.StartAsync();
        await using (var link = await OpenAsync(hub))
        {
            link.End("given up");
            Assert.True((bool)(await hub.PostAsync($"input/{Simulated.ClientId}/{MethodDesk.Input}", """{"command":"ping"}""")).Body!["pushed"]!);
            // An acknowledgement would be here by now: there is no signal for one that must not come.
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Stop);
        }

        await using var next = await OpenAsync(hub);
        var (arrival, _) = await next.Inbound.ReadAsync(Stop).AsTask().WaitAsync(Simulated.Patience, Stop);
        Assert.Equal(MethodDesk.Input, Assert.IsType<HubArrival.Input>(arrival).Name);
    }

    private static async Task<HubLink> OpenAsync(Simulated hub)
    {
        using var login = EdgeEnvironment.Read(hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value), TimeProvider.System, out var error);
        Assert.True(login is not null, error);
        var options = new HubOptions { Port = hub.Simulator.Port, Timeout = TimeSpan.FromSeconds(10) };
        var (token, _) = await SasToken.CreateAsync(login.Identity, login.Signer!, options.TokenLifetime, TimeProvider.System, Stop);
        var (link, failure) = await HubLink.OpenAsync(login, token, new HubTrust("localhost", hub.Authorities()), certificate: null, options, TimeProvider.System, Stop);
        Assert.True(link is not null, failure?.Reason);
        return link;
    }

    private static async Task UntilAsync(Simulated hub, int inputs)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (hub.Simulator.Modules[Simulated.ClientId].Inputs.Count != inputs)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Simulated.Patience, "The input is not acknowledged.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        }
    }
}
