using Microsoft.Extensions.Logging;
using MQTTnet.Server;

namespace EdgeVision.Simulator.Hub;

internal sealed partial class MqttHub
{
    [LoggerMessage(SimulatorEvents.Connected, LogLevel.Information, "{Client} is connected.")]
    private partial void LogConnected(string client);

    [LoggerMessage(SimulatorEvents.Disconnected, LogLevel.Information, "{Client} is disconnected ({How}).")]
    private partial void LogDisconnected(string client, MqttClientDisconnectType how);

    [LoggerMessage(SimulatorEvents.Refused, LogLevel.Warning, "Client '{Client}' was refused: {Why}; it is {Now:O} here.")]
    private partial void LogRefused(string? client, string why, DateTimeOffset now);

    [LoggerMessage(SimulatorEvents.Lost, LogLevel.Warning, "A message of {Client} to '{Topic}' was acknowledged and lost, as edgeHub does: {Why}.")]
    private partial void LogLost(string client, string topic, string why);

    [LoggerMessage(SimulatorEvents.Closed, LogLevel.Warning, "The connection of {Client} was closed: {Why}.")]
    private partial void LogClosed(string client, string why);

    [LoggerMessage(SimulatorEvents.FilterIgnored, LogLevel.Information, "{Client} subscribed to '{Filter}', which means nothing to edgeHub; inputs need a filter that ends in /#.")]
    private partial void LogFilterIgnored(string client, string filter);

    [LoggerMessage(SimulatorEvents.NotSubscribed, LogLevel.Information, "Nothing was sent to {Client} on '{Topic}': it is not connected, or has not subscribed.")]
    private partial void LogNotSubscribed(string client, string topic);

    [LoggerMessage(SimulatorEvents.InputKept, LogLevel.Information, "A message for {Client} on '{Topic}' is kept until it is connected and has subscribed.")]
    private partial void LogKept(string client, string topic);

    [LoggerMessage(SimulatorEvents.InputsLost, LogLevel.Warning, "{Client} does not acknowledge its inputs: {Count} of the oldest messages were lost to make room.")]
    private partial void LogInputsLost(string client, int count);

    [LoggerMessage(SimulatorEvents.TokenExpired, LogLevel.Information, "The token of {Client} expired, so its connection was closed.")]
    private partial void LogTokenExpired(string client);

    [LoggerMessage(SimulatorEvents.Paused, LogLevel.Information, "The hub pauses for {Seconds} s: connections are reset, sessions forgotten.")]
    private partial void LogPaused(double seconds);

    [LoggerMessage(SimulatorEvents.Resumed, LogLevel.Information, "The hub is back on port {Port}.")]
    private partial void LogResumed(int port);

    [LoggerMessage(SimulatorEvents.ResumeFailed, LogLevel.Error, "The hub cannot come back on port {Port}, which somebody else took; start the simulator again.")]
    private partial void LogResumeFailed(Exception error, int port);

    [LoggerMessage(SimulatorEvents.TelemetryForgotten, LogLevel.Debug, "The oldest telemetry was forgotten to make room.")]
    private partial void LogForgotten();
}
