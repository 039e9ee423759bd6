using System.Collections.Concurrent;
using System.Text;
using EdgeVision.Commands;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>A handler whose commands end when the test says so; <c>ping</c> ends at once.</summary>
internal sealed class HeldCommands
{
    private readonly SemaphoreSlim _begun = new(0);
    private int _running;
    private int _most;

    public ConcurrentQueue<string> Ran { get; } = new();

    public TaskCompletionSource<CommandAnswer> Hold { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether what is held ends when nobody waits any more.</summary>
    public bool Listens { get; set; } = true;

    public int Most => _most;

    public async ValueTask<CommandAnswer> RunAsync(string name, ReadOnlyMemory<byte> arguments, CancellationToken stopping)
    {
        Ran.Enqueue($"{name} {Encoding.UTF8.GetString(arguments.Span)}".TrimEnd());
        Interlocked.Exchange(ref _most, Math.Max(_most, Interlocked.Increment(ref _running)));
        _begun.Release();
        try
        {
            return name switch
            {
                "ping" => CommandAnswer.Of(200, json => json.WriteNumber("n", Ran.Count)),
                "throw" => throw new InvalidOperationException("A bug."),
                "large" => new CommandAnswer(200, new byte[128 * 1024 + 1]),
                _ => await (Listens ? Hold.Task.WaitAsync(stopping) : Hold.Task),
            };
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Until so many more were begun.</summary>
    public async Task BegunAsync(int count = 1)
    {
        for (var i = 0; i < count; i++) Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "It was not begun.");
    }
}
