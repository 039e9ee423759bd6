using System.Text;
using System.Threading.Channels;
using EdgeVision.Azure.Hub;
using EdgeVision.Commands;
using EdgeVision.IntegrationTests.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class MethodDeskTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));
    private readonly CollectingLog _log = new();
    private readonly HeldCommands _commands = new();
    private readonly Channel<(string Topic, string Body)> _sent = Channel.CreateUnbounded<(string, string)>();
    private readonly CommandDesk _work;
    private readonly MethodDesk _desk;

    public MethodDeskTests()
    {
        _work = new CommandDesk(_commands.RunAsync, _time, _log);
        _desk = new MethodDesk(_work, _log);
    }

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public async Task A_call_is_answered_on_its_topic_with_its_id()
    {
        await CallAsync("a b", "ping", """{"x":1}""");

        Assert.Equal(("$iothub/methods/res/200/?$rid=a%20b", """{"n":1}"""), await SentAsync());
        Assert.Equal(["""ping {"x":1}"""], _commands.Ran);
    }

    [Fact]
    public async Task A_repeat_runs_nothing_and_gets_the_stored_answer_also_when_the_first_link_died_before_it()
    {
        var id = Guid.NewGuid().ToString();
        using var dead = new CancellationTokenSource();
        await CallAsync(id, "slow", link: dead);
        await _commands.BegunAsync();
        await dead.CancelAsync();
        _commands.Hold.SetResult(CommandAnswer.Of(202, _ => { }));
        await LoggedAsync(" 463 ");

        _time.Advance(TimeSpan.FromMinutes(9));
        for (var i = 0; i < 3; i++)
        {
            await CallAsync(id, "slow");
            Assert.Equal(($"$iothub/methods/res/202/?$rid={id}", "{}"), await SentAsync());
        }

        Assert.Single(_commands.Ran);
    }

    [Fact]
    public async Task A_repeat_of_what_still_runs_takes_the_answer_over_its_own_link()
    {
        await CallAsync("7", "slow", send: (_, _, _) => throw new InvalidOperationException("That link is dead."));
        await _commands.BegunAsync();
        await CallAsync("7", "slow");
        await CallAsync("7", "slow");
        _commands.Hold.SetResult(CommandAnswer.Of(200, _ => { }));

        Assert.Equal("$iothub/methods/res/200/?$rid=7", (await SentAsync()).Topic);
        Assert.Equal((1, 0), (_commands.Ran.Count, _sent.Reader.Count));
    }

    [Fact]
    public async Task The_same_id_with_another_name_or_other_arguments_is_another_call()
    {
        foreach (var (name, body) in (ValueTuple<string, string>[])[("ping", "1"), ("ping", "2"), ("throw", "2"), ("ping", "2")])
        {
            await CallAsync("1", name, body);
            await SentAsync();
        }

        Assert.Equal(["ping 1", "ping 2", "throw 2", "ping 2"], _commands.Ran);
    }

    [Theory]
    [InlineData("f2b63ff2-3f3e-4b4e-9d0b-000000000001", 599, 601)]
    [InlineData("1", 59, 61)]
    public async Task Answers_are_kept_ten_minutes_and_those_of_counters_one(string id, int before, int after)
    {
        await CallAsync(id, "ping");
        await SentAsync();
        _time.Advance(TimeSpan.FromSeconds(before));
        await CallAsync(id, "ping");
        Assert.Equal("""{"n":1}""", (await SentAsync()).Body);

        _time.Advance(TimeSpan.FromSeconds(after - before));
        await CallAsync(id, "ping");
        Assert.Equal("""{"n":2}""", (await SentAsync()).Body);
    }

    [Fact]
    public async Task The_newest_256_answers_are_kept_and_not_more()
    {
        for (var i = 0; i < 257; i++)
        {
            await CallAsync($"{i}", "ping");
            await SentAsync();
        }

        await CallAsync("1", "ping");
        Assert.Equal("""{"n":2}""", (await SentAsync()).Body);
        await CallAsync("0", "ping");
        Assert.Equal("""{"n":258}""", (await SentAsync()).Body);
    }

    [Fact]
    public async Task Four_run_at_once_and_64_wait_and_whoever_comes_then_is_told()
    {
        for (var i = 0; i < 68; i++) await CallAsync($"{i}", "slow");
        await _commands.BegunAsync(4);
        await CallAsync("68", "slow");
        var (topic, body) = await SentAsync();
        Assert.Equal("$iothub/methods/res/429/?$rid=68", topic);
        Assert.Contains("68 commands run or wait already", body, StringComparison.Ordinal);
        Assert.Equal(4, _commands.Ran.Count);

        _commands.Hold.SetResult(CommandAnswer.Of(200, _ => { }));
        for (var i = 0; i < 68; i++) Assert.StartsWith("$iothub/methods/res/200/", (await SentAsync()).Topic, StringComparison.Ordinal);
        Assert.Equal((68, 4), (_commands.Ran.Count, _commands.Most));

        // What was refused did not run, so its repeat does.
        await CallAsync("68", "slow");
        Assert.Equal("$iothub/methods/res/200/?$rid=68", (await SentAsync()).Topic);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_beyond_its_time_is_answered_504_whether_its_handler_listens_or_not_and_so_is_one_that_waits_for_it(bool listens)
    {
        _commands.Listens = listens;
        for (var i = 0; i < 5; i++) await CallAsync($"{i}", "slow");
        await _commands.BegunAsync(4);
        _time.Advance(TimeSpan.FromSeconds(24.9));
        Assert.Equal(0, _sent.Reader.Count);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        var bodies = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var (topic, body) = await SentAsync();
            Assert.StartsWith("$iothub/methods/res/504/", topic, StringComparison.Ordinal);
            bodies.Add(body);
        }

        Assert.InRange(bodies.Count(b => b.Contains("did not end within 25 s", StringComparison.Ordinal)), 4, 5);
        // Whoever does not listen keeps his slot until he ends.
        _commands.Hold.SetResult(CommandAnswer.Of(200, _ => { }));
        await CallAsync("next", "ping");
        Assert.Equal("$iothub/methods/res/200/?$rid=next", (await SentAsync()).Topic);
        Assert.InRange(_commands.Most, 4, 4);
    }

    [Fact]
    public async Task A_handler_that_throws_is_500_and_logged_and_the_next_call_is_served()
    {
        await CallAsync("1", "throw");
        var (topic, body) = await SentAsync();
        Assert.Equal("$iothub/methods/res/500/?$rid=1", topic);
        Assert.Equal("""{"error":"'throw' failed in a way it should not; the log of this node says how, please report it."}""", body);
        Assert.Contains(_log.Lines, l => l.StartsWith("Error 461 ", StringComparison.Ordinal));
        await CallAsync("2", "ping");
        Assert.Equal("$iothub/methods/res/200/?$rid=2", (await SentAsync()).Topic);
    }

    [Fact]
    public async Task Too_much_either_way_is_413()
    {
        await CallAsync("1", "ping", new string(' ', CommandDesk.MaxBytes + 1));
        Assert.Equal(("$iothub/methods/res/413/?$rid=1", """{"error":"The arguments have 131073 bytes; at most 131072 are taken."}"""), await SentAsync());
        Assert.Empty(_commands.Ran);
        await CallAsync("2", "large");
        Assert.Equal(("$iothub/methods/res/413/?$rid=2", """{"error":"The answer of 'large' has 131073 bytes; a caller takes 131072: ask for less."}"""), await SentAsync());
    }

    [Fact]
    public async Task What_runs_at_the_end_is_told_and_its_caller_too()
    {
        await CallAsync("1", "slow");
        await _commands.BegunAsync();
        await _work.DisposeAsync();

        Assert.Equal("$iothub/methods/res/503/?$rid=1", (await SentAsync()).Topic);
    }

    [Fact]
    public async Task A_message_of_the_input_is_a_command_whose_answer_is_logged_and_a_repeat_of_it_is_none()
    {
        for (var i = 0; i < 2; i++) await InputAsync("commands", """{"command":"ping","arguments":{"a":"ä"}}""", "1f4f0a52-0000-0000-0000-000000000000");
        Assert.Contains("The command ping of a message came to 200: {\"n\":1}", await LoggedAsync(" 464 "), StringComparison.Ordinal);
        Assert.Equal("""ping {"a":"\u00E4"}""", Assert.Single(_commands.Ran));

        // Without an id nothing is known of repeats.
        for (var i = 0; i < 2; i++) await InputAsync("commands", """{"command":"ping"}""");
        await _commands.BegunAsync(3);
        Assert.Equal(3, _commands.Ran.Count);
    }

    [Theory]
    [InlineData("", "The message is empty; {\"command\":\"…\",\"arguments\":{…}} was expected.")]
    [InlineData("[]", "The message holds a JSON array; {\"command\":\"…\",\"arguments\":{…}} was expected.")]
    [InlineData("{\"command\":7}", "It has no text \"command\"; {\"command\":\"…\",\"arguments\":{…}} was expected.")]
    [InlineData("{\"command\":\"ping\",\"arguements\":{}}", "The key \"arguements\" is unknown; {\"command\":\"…\",\"arguments\":{…}} was expected.")]
    public async Task A_message_that_is_no_command_is_a_sentence_in_the_log(string body, string sentence)
    {
        await InputAsync("commands", body);

        Assert.Contains(_log.Lines, l => l == $"Warning 465 A message of the input commands is no command: {sentence}");
        await InputAsync("elsewhere", body);
        Assert.Contains(_log.Lines, l => l == "Trace 491 Nothing listens to the input elsewhere; commands are taken by commands.");
        Assert.Empty(_commands.Ran);
    }

    [Fact]
    public async Task No_message_of_an_input_harms_the_desk()
    {
        _commands.Hold.SetResult(CommandAnswer.Of(200, _ => { }));
        var random = new Random(5);
        var good = """{"command":"ping","arguments":{"message":"hello","n":[1,2.5,null,true]}}"""u8.ToArray();
        for (var i = 0; i < 2000; i++)
        {
            var body = good.ToArray();
            for (var damage = random.Next(1, 6); damage > 0; damage--) body[random.Next(body.Length)] = (byte)random.Next(256);
            await InputAsync("commands", random.Next(3) == 0 ? body[..random.Next(body.Length)] : body);
            if (i % 50 != 49) continue;
            // Lets the queue run empty: what is refused for want of room would prove nothing.
            await CallAsync($"{i}", "ping");
            Assert.StartsWith("$iothub/methods/res/200/", (await SentAsync()).Topic, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    private Task SendAsync(string topic, ReadOnlyMemory<byte> body, CancellationToken alive)
    {
        _sent.Writer.TryWrite((topic, Encoding.UTF8.GetString(body.Span)));
        return Task.CompletedTask;
    }

    private async Task CallAsync(string request, string name, string body = "", Func<string, ReadOnlyMemory<byte>, CancellationToken, Task>? send = null, CancellationTokenSource? link = null) =>
        await _desk.TakeAsync(new HubArrival.Method(name, request), Encoding.UTF8.GetBytes(body), send ?? SendAsync, link?.Token ?? CancellationToken.None);

    private Task InputAsync(string input, string body, string? id = null) => InputAsync(input, Encoding.UTF8.GetBytes(body), id);

    private async Task InputAsync(string input, byte[] body, string? id = null) =>
        await _desk.TakeInputAsync(new HubArrival.Input(input, id is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["$.mid"] = id }), body);

    private async Task<(string Topic, string Body)> SentAsync() => await _sent.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

    private async Task<string> LoggedAsync(string part)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (_log.Lines.FirstOrDefault(l => l.Contains(part, StringComparison.Ordinal)) is { } line) return line;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, string.Join('\n', _log.Lines));
            await Task.Yield();
        }
    }
}
