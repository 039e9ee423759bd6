using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

public sealed class OutboxFileFuzzTests
{
    [Fact]
    public async Task Random_bytes_in_place_of_the_file_are_put_aside()
    {
        await using var room = new OutboxRoom();
        var random = new Random(20261122);
        for (var i = 0; i < 100; i++)
        {
            var bytes = new byte[random.Next(1, 20_000)];
            random.NextBytes(bytes);
            if (i % 2 == 0) "SQLite format 3\0"u8[..Math.Min(16, bytes.Length)].CopyTo(bytes); // past the first check
            await TryAsync(room, bytes, random);
        }
    }

    [Fact]
    public async Task A_file_with_bytes_changed_or_cut_off_works_is_put_aside_or_is_refused()
    {
        await using var room = new OutboxRoom();
        var outbox = room.Open("mqtt");
        await room.FillAsync(outbox, 30);
        await outbox.DisposeAsync();
        var sound = await File.ReadAllBytesAsync(room.File, OutboxRoom.Cancel);
        var random = new Random(20261123);
        for (var i = 0; i < 150; i++)
        {
            var bytes = sound.AsSpan(0, i % 5 == 0 ? random.Next(sound.Length) : sound.Length).ToArray();
            for (var flips = random.Next(1, 50); flips > 0 && bytes.Length > 0; flips--)
            {
                // Half of them in the header and the schema, where they do most.
                bytes[random.Next(random.Next(2) == 0 ? Math.Min(4096, bytes.Length) : bytes.Length)] = (byte)random.Next(256);
            }

            await TryAsync(room, bytes, random);
        }
    }

    private static async Task TryAsync(OutboxRoom room, byte[] bytes, Random random)
    {
        var directory = room.NewDirectory();
        await File.WriteAllBytesAsync(Path.Combine(directory, "outbox.db"), bytes, OutboxRoom.Cancel);
        if (random.Next(4) == 0) await File.WriteAllBytesAsync(Path.Combine(directory, "outbox.db-wal"), bytes, OutboxRoom.Cancel);
        try
        {
            var outbox = room.OpenIn(directory, room.Time, "mqtt");
            using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            try
            {
                await outbox.AppendAsync(room.Event("door"), enough.Token);
            }
            catch (OperationCanceledException)
            {
                // The writer found the damage and is about to begin a new file, or a disk that refuses.
            }

            outbox.Cursor("mqtt").Read(1000, int.MaxValue);
            outbox.DeadLetters(10);
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await outbox.CloseAsync(now.Token);
        }
        catch (OutboxException e)
        {
            Assert.Contains("outbox.db", e.Message, StringComparison.Ordinal);
        }
    }
}
