using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

/// <summary>
/// A web server on loopback with one connection after the other, each for one request. <c>/live</c> is a camera's endless multipart MJPEG,
/// <c>/auth/…</c> asks for user and password, others are what their names say; all else is a file of the folder, with ranges.
/// </summary>
internal sealed class VideoServer : IAsyncDisposable
{
    public const string User = "us er", Password = "p@ss/w?r:d'%#";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder;
    private readonly byte[] _picture;
    private readonly Task _task;

    /// <param name="folder">Of the files.</param>
    /// <param name="picture">A JPEG, for /live.</param>
    public VideoServer(string folder, byte[] picture)
    {
        (_folder, _picture) = (folder, picture);
        _listener.Start();
        _task = ServeAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _task;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true) answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                var request = await ReadHeadAsync(stream);
                var path = request.Split(' ')[1];
                await (path switch
                {
                    "/live" => LiveAsync(stream),
                    "/silent" => Task.Delay(TimeSpan.FromMinutes(5), TimeProvider.System, _stop.Token),
                    "/to-a-file" => SayAsync(stream, "302 Found", "Location: file:///etc/passwd\r\n", []),
                    "/playlist.m3u8" => SayAsync(stream, "200 OK", "", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd.ts\n#EXT-X-ENDLIST\n"u8.ToArray()),
                    "/list" => SayAsync(stream, "200 OK", "", "ffconcat version 1.0\nfile 'http://127.0.0.1/x.mp4'\n"u8.ToArray()),
                    "/page" => SayAsync(stream, "200 OK", "", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<p>Hello, this is the camera's page.</p>", 200)))),
                    "/forbidden" => SayAsync(stream, "403 Forbidden", "", []),
                    "/broken" => SayAsync(stream, "500 Internal Server Error", "", []),
                    _ => FileAsync(stream, request, path),
                });
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client has gone, or the server stops.
            }
        }
    }

    private async Task FileAsync(NetworkStream stream, string request, string path)
    {
        if (path.StartsWith("/auth/", StringComparison.Ordinal))
        {
            var expected = "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")) + "\r\n";
            if (!request.Contains(expected, StringComparison.OrdinalIgnoreCase))
            {
                await SayAsync(stream, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"camera\"\r\n", []);
                return;
            }

            path = path[5..];
        }

        var file = Path.Combine(_folder, path[1..].Split('?')[0]);
        if (!File.Exists(file))
        {
            await SayAsync(stream, "404 Not Found", "", []);
            return;
        }

        var bytes = await File.ReadAllBytesAsync(file, _stop.Token);
        var range = request.Split("\r\n").FirstOrDefault(static l => l.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase));
        var from = range is null ? 0 : int.Parse(range[13..].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);
        await SayAsync(stream, "206 Partial Content", $"Accept-Ranges: bytes\r\nContent-Range: bytes {from}-{bytes.Length - 1}/{bytes.Length}\r\n", bytes[from..]);
    }

    private async Task LiveAsync(NetworkStream stream)
    {
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"u8.ToArray(), _stop.Token);
        for (var i = 0; i < 1000; i++)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {_picture.Length}\r\n\r\n"), _stop.Token);
            await stream.WriteAsync(_picture, _stop.Token);
            await stream.WriteAsync("\r\n"u8.ToArray(), _stop.Token);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _stop.Token);
        }
    }

    private async Task SayAsync(NetworkStream stream, string status, string headers, byte[] body)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), _stop.Token);
        await stream.WriteAsync(body, _stop.Token);
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0) throw new IOException("The request is cut off.");
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
